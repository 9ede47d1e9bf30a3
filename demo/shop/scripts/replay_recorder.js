// Imitates a session recorder: keeps a viewport id and tries to stream what it sees.
(() => {
  localStorage.setItem("hjViewportId", crypto.randomUUID());
  sessionStorage.setItem("hjActiveViewportIds", "[]");
  const stream = new WebSocket("wss://ws.hotjar.com/api/v2/client/ws?v=7");
  stream.onopen = () => stream.send(JSON.stringify({ event: "open", nodes: document.querySelectorAll("*").length }));
  setTimeout(() => {
    const sizes = JSON.stringify({ width: innerWidth, height: innerHeight });
    fetch("https://in.hotjar.com/api/v2/sites/3141592/events", { method: "POST", mode: "no-cors", body: sizes }).catch(() => {});
  }, 300);
})();
