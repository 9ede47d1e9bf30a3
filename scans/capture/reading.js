// Runs in an isolated world after the page has settled: the page's own overrides of DOM and JSON do not reach it. Returns plain data, changes nothing.
(limits, banners) => {
  const root = document.documentElement;
  const doctype = document.doctype ? `<!DOCTYPE ${document.doctype.name}>` : "";
  const html = root ? doctype + root.outerHTML : "";
  const visible = (element) => {
    const box = element.getBoundingClientRect();
    const style = getComputedStyle(element);
    return box.width > 1 && box.height > 1 && box.bottom > 0 && box.top < innerHeight && style.visibility !== "hidden" && style.display !== "none" && Number(style.opacity) > 0.05;
  };
  const roots = [document];
  for (const element of document.querySelectorAll("*")) if (element.shadowRoot) roots.push(element.shadowRoot);
  const find = (selector) => {
    for (const place of roots) {
      try {
        const element = place.querySelector(selector);
        if (element) return element;
      } catch (error) {
        return null;
      }
    }
    return null;
  };
  const found = [];
  for (const [cmp, selector] of banners) {
    const element = find(selector);
    if (element) found.push([cmp, visible(element)]);
  }
  const scripts = [...document.querySelectorAll("script")].slice(0, limits.scripts).map((script, position) => ({
    src: script.src, async: script.async && script.hasAttribute("async"), defer: script.defer, integrity: script.integrity, nonce: Boolean(script.nonce),
    type: script.type, position, text: script.src ? "" : script.text.slice(0, limits.inline),
  }));
  const frames = [...document.querySelectorAll("iframe, frame")].slice(0, limits.frames).map((frame) => ({ src: frame.src, sandboxed: frame.hasAttribute("sandbox") }));
  return {
    title: document.title.slice(0, 500), html: html.slice(0, limits.html), length: html.length, nodes: document.querySelectorAll("*").length,
    scripts, frames, banners: found, ready: document.readyState,
  };
}
