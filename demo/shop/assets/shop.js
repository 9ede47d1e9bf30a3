// The shop's own script: remembers the visit, and brings in what may wait until the page has loaded.
(() => {
  document.cookie = "kh_seen=1; path=/; max-age=2592000; secure; samesite=lax";
  localStorage.setItem("kh_recent", JSON.stringify([location.pathname]));

  const read = (url, use) =>
    fetch(url)
      .then((reply) => reply.json())
      .then(use)
      .catch(() => {});
  const fill = (selector, text) => document.querySelectorAll(selector).forEach((element) => (element.textContent = text));

  addEventListener("load", () => {
    const seal = document.querySelector("[data-seal]");
    if (seal) requestAnimationFrame(() => requestAnimationFrame(() => (seal.src = seal.dataset.seal)));

    const ribbon = document.querySelector("[data-ribbon]");
    if (ribbon) {
      ribbon.addEventListener("transitionend", () => read("/api/offer.json", (offer) => (ribbon.textContent = offer.text)), { once: true });
      ribbon.classList.add("shown");
    }
    if (document.querySelector("[data-visits]")) setTimeout(read, 1100, "/api/visits.json", (visits) => fill("[data-visits]", visits.text));
  });
})();
