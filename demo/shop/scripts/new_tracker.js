// Imitates one more advertising tag, the kind that somebody adds to a container on a Friday.
(() => {
  const domain = location.hostname.split(".").slice(-2).join(".");
  document.cookie = `_ttp=${crypto.randomUUID()}; domain=${domain}; path=/; max-age=33696000; secure; samesite=lax`;
  const report = JSON.stringify({ event: "Pageview", pixel_code: "CKSLHS77Q5", url: location.href });
  navigator.sendBeacon("https://analytics.tiktok.com/api/v2/pixel", report);
})();
