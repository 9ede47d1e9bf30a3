// Imitates an advertising insight tag: its pixel is sent from host to host until every one of them has set its cookie.
(() => {
  const query = new URLSearchParams({ v: "2", fmt: "js", pid: window._linkedin_partner_id ?? "7031224", time: String(Date.now()), url: location.href });
  const pixel = document.createElement("img");
  pixel.alt = "";
  pixel.hidden = true;
  pixel.src = `https://px.ads.linkedin.com/collect?${query}`;
  document.body.append(pixel);
})();
