// Imitates a measurement tag: a visitor id in a first-party cookie, a page view as a GET, engagement as a beacon.
(() => {
  const id = new URL(document.currentScript.src).searchParams.get("id");
  const domain = location.hostname.split(".").slice(-2).join(".");
  const read = (name) => document.cookie.split("; ").find((pair) => pair.startsWith(name + "="))?.split("=")[1];
  const keep = (name, value) => (document.cookie = `${name}=${value}; domain=${domain}; path=/; max-age=63072000; secure; samesite=lax`);

  const now = Math.floor(Date.now() / 1000);
  const visitor = read("_ga")?.split(".").slice(2).join(".") ?? `${Math.floor(Math.random() * 2 ** 31)}.${now}`;
  keep("_ga", `GA1.1.${visitor}`);
  keep(`_ga_${id.slice(2)}`, `GS1.1.${now}.1.0.${now}.0.0.0`);

  const hit = (event) => new URLSearchParams({ v: "2", tid: id, cid: visitor, en: event, dl: location.href, dt: document.title, gcs: "G100" });
  fetch(`https://www.google-analytics.com/g/collect?${hit("page_view")}`, { mode: "no-cors", credentials: "include" }).catch(() => {});
  setTimeout(() => navigator.sendBeacon(`https://region1.google-analytics.com/g/collect?${hit("user_engagement")}`), 700);
})();
