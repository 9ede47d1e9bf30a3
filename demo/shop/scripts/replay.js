// Imitates a session replay tag's loader: session cookies, then the recorder itself.
(() => {
  const SITE = 3141592;
  const keep = (name, seconds) => {
    const value = btoa(JSON.stringify({ id: crypto.randomUUID(), created: Date.now() }));
    document.cookie = `${name}_${SITE}=${value}; path=/; max-age=${seconds}; secure; samesite=none`;
  };
  keep("_hjSessionUser", 31536000);
  keep("_hjSession", 1800);
  const recorder = document.createElement("script");
  recorder.async = true;
  recorder.src = "https://script.hotjar.com/modules.5f0d1c2b9a.js";
  document.head.append(recorder);
})();
