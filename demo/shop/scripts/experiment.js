// Imitates an A/B test: picks an arm for this visitor, remembers it, changes the headline, reports the exposure.
// The server puts `const ARM` in front of this file.
(() => {
  const domain = location.hostname.split(".").slice(-2).join(".");
  const visitor = `oeu${Date.now()}r${Math.random()}`;
  document.cookie = `optimizelyEndUserId=${visitor}; domain=${domain}; path=/; max-age=15552000; secure; samesite=lax`;
  localStorage.setItem("optimizely_data$$visitor_profile", JSON.stringify({ arm: ARM }));
  document.documentElement.dataset.arm = ARM;
  addEventListener("load", () => {
    const exposure = JSON.stringify({ visitor, experiment: "26580001", arm: ARM });
    const request = new XMLHttpRequest();
    request.open("POST", "https://logx.optimizely.com/v1/events");
    request.setRequestHeader("Content-Type", "text/plain");
    request.send(exposure);
  });
})();
