// Runs in the page's own world with a time limit: what the page itself said to Google's tags about consent, in order. What a page says of itself it may say
// wrongly; it cannot make us hang or read more than this.
(() => {
  const calls = [];
  for (const name of Object.keys(window)) {
    let layer;
    if (!/layer/i.test(name)) continue;
    try { layer = window[name]; } catch (error) { continue; }
    if (!Array.isArray(layer)) continue;
    for (const entry of layer.slice(0, 500)) {
      if (!entry || entry[0] !== "consent" || !["default", "update"].includes(entry[1]) || typeof entry[2] !== "object" || !entry[2]) continue;
      const signals = {};
      for (const key of Object.keys(entry[2]).slice(0, 30)) {
        const value = entry[2][key];
        if (typeof value === "string" && key !== "region") signals[key.slice(0, 60)] = value.slice(0, 20);
      }
      const region = Array.isArray(entry[2].region) ? entry[2].region.slice(0, 60).map((code) => String(code).slice(0, 10)) : [];
      calls.push({ command: entry[1], signals, region });
      if (calls.length >= 50) return calls;
    }
  }
  return calls;
})()
