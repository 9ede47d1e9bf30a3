// Imitates a support chat: a launcher in a frame from the vendor's host, and a live connection.
(() => {
  const domain = location.hostname.split(".").slice(-2).join(".");
  document.cookie = `intercom-id-kslhs=${crypto.randomUUID()}; domain=${domain}; path=/; max-age=23328000; secure; samesite=lax`;
  const frame = document.createElement("iframe");
  frame.title = "Chat";
  frame.src = "https://widget.intercom.io/frame/kslhs";
  frame.style.cssText = "position:fixed;right:20px;bottom:20px;width:64px;height:64px;border:0;border-radius:50%;z-index:5";
  document.body.append(frame);
  const live = new WebSocket("wss://nexus-websocket-a.intercom.io/pubsub/5-kslhs");
  live.onopen = () => live.send("hello");
  fetch("https://api-iam.intercom.io/messenger/web/ping", { method: "POST", mode: "no-cors", body: "app_id=kslhs" }).catch(() => {});
})();
