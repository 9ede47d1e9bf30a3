// Imitates an advertising pixel: fetches its configuration, keeps a browser id, reports the page view by an image.
// The server puts `const PIXEL` in front of this file.
(() => {
  const domain = location.hostname.split(".").slice(-2).join(".");
  window.fbq = (command, ...details) => {
    if (command !== "configured") return;
    const browser = `fb.1.${Date.now()}.${Math.floor(Math.random() * 1e10)}`;
    document.cookie = `_fbp=${browser}; domain=${domain}; path=/; max-age=7776000; secure; samesite=lax`;
    const query = new URLSearchParams({ id: PIXEL, ev: "PageView", dl: location.href, fbp: browser, it: String(details[0]) });
    new Image().src = `https://www.facebook.com/tr/?${query}`;
  };
  const configuration = document.createElement("script");
  configuration.async = true;
  configuration.src = `https://connect.facebook.net/signals/config/${PIXEL}?v=2.9.180&r=stable`;
  document.head.append(configuration);
})();
