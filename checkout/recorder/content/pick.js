// Lets a person point at an element: the one under the pointer is outlined, and a click chooses it and does nothing on the page. Escape ends it.
(() => {
  const recorder = globalThis.tracefoxRecorder;
  if (recorder.pick) return;
  const { isElement, tag } = recorder.elements;

  const SWALLOWED = ["pointerdown", "mousedown", "pointerup", "mouseup", "click", "dblclick", "contextmenu", "touchstart", "touchend"];
  const frame = { position: "fixed", zIndex: "2147483647", pointerEvents: "none", border: "2px solid #b9430d", borderRadius: "4px", background: "rgb(185 67 13 / 12%)", boxSizing: "border-box" };
  let chosen = null; // what to call with the element; null: nobody is picking
  let outline = null;

  const on = () => chosen !== null;
  const under = (event) => event.composedPath().find((node) => isElement(node) && !/^(html|body)$/.test(tag(node))) ?? null;

  function start(choose) {
    chosen = choose;
    if (outline) return;
    const host = document.createElement("div");
    Object.assign(host.style, { position: "fixed", inset: "0", width: "0", height: "0", pointerEvents: "none" });
    outline = document.createElement("div");
    Object.assign(outline.style, frame, { display: "none" });
    host.attachShadow({ mode: "closed" }).append(outline);
    document.documentElement.append(host);
  }

  function stop() {
    chosen = null;
    outline?.getRootNode().host.remove();
    outline = null;
  }

  function show(event) {
    const element = on() && under(event);
    if (!element || !outline) return;
    const box = element.getBoundingClientRect();
    Object.assign(outline.style, { display: "block", left: `${box.left}px`, top: `${box.top}px`, width: `${box.width}px`, height: `${box.height}px` });
  }

  function swallow(event) {
    if (!on() || !event.isTrusted) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const element = event.type === "click" && under(event);
    if (element) chosen(element);
  }

  function escape(event) {
    if (!on() || event.key !== "Escape") return;
    event.preventDefault();
    event.stopImmediatePropagation();
    chosen(null);
  }

  window.addEventListener("pointermove", show, { capture: true, passive: true });
  window.addEventListener("keydown", escape, true);
  for (const kind of SWALLOWED) window.addEventListener(kind, swallow, { capture: true, passive: false });

  recorder.pick = { on, start, stop };
})();
