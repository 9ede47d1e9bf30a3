// Imitates a tag manager: a container that brings in other vendors' tags, some at once, some when the page has loaded and rested.
// The server puts `const CONTAINER = {id, tags: [{url, after}]}` in front of this file.
(() => {
  const layer = (window.dataLayer = window.dataLayer || []);
  layer.push({ event: "container.loaded", container: CONTAINER.id });

  const bring = (url) => {
    const script = document.createElement("script");
    script.async = true;
    script.src = url;
    document.head.append(script);
  };
  const loaded = new Promise((done) => (document.readyState === "complete" ? done() : addEventListener("load", done)));

  for (const { url, after } of CONTAINER.tags) {
    if (after === null) bring(url);
    else loaded.then(() => setTimeout(bring, after, url));
  }
})();
