// Imitates an A/B test: picks an arm for this visitor, remembers it, changes the headline, reports the exposure.
(() => {
  const domain = location.hostname.split(".").slice(-2).join(".");
  const visitor = `oeu${Date.now()}r${Math.random()}`;
  document.cookie = `optimizelyEndUserId=${visitor}; domain=${domain}; path=/; max-age=15552000; secure; samesite=lax`;
  localStorage.setItem("optimizely_data$$visitor_profile", JSON.stringify({ arm: "b" }));
  document.documentElement.dataset.arm = "b";
  addEventListener("load", () => {
    const exposure = JSON.stringify({ visitor, experiment: "26580001", arm: "b" });
    const request = new XMLHttpRequest();
    request.open("POST", "https://logx.optimizely.com/v1/events");
    request.setRequestHeader("Content-Type", "text/plain");
    request.send(exposure);
  });
})();
