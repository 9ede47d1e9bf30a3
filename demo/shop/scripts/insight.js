// Imitates an advertising insight tag: its pixel is sent from host to host until every one of them has set its cookie.
// The server puts `const EARLY` in front of this file: does it also keep an id on the shop's own domain, whatever the visitor answers?
(() => {
  const query = new URLSearchParams({ v: "2", fmt: "js", pid: window._linkedin_partner_id ?? "7031224", time: String(Date.now()), url: location.href });
  const pixel = document.createElement("img");
  pixel.alt = "";
  pixel.hidden = true;
  pixel.src = `https://px.ads.linkedin.com/collect?${query}`;
  document.body.append(pixel);
  const domain = location.hostname.split(".").slice(-2).join(".");
  if (EARLY) document.cookie = `li_fat_id=${crypto.randomUUID()}; domain=${domain}; path=/; max-age=2592000; secure; samesite=lax`;
})();
