// What stands in the way of an element: whether it is still in the page, can be used, and what a click at its middle would hit instead. Also what covers the
// whole view, for an element that did not come. Asked after a step failed; nothing is changed.
(element) => {
  const SHOWN = 80;
  const words = (node) => (node.innerText ?? node.textContent ?? "").replace(/\s+/g, " ").trim().slice(0, SHOWN);
  const describe = (node) => ({
    tag: node.localName,
    id: (node.getAttribute("id") ?? "").slice(0, SHOWN),
    classes: (node.getAttribute("class") ?? "").replace(/\s+/g, " ").trim().slice(0, SHOWN),
    role: node.getAttribute("role") ?? "",
    text: node.getAttribute("aria-label") || words(node),
    frame: node.localName === "iframe" ? (node.getAttribute("src") ?? "").slice(0, 200) : "",
  });
  const deepest = (x, y) => {
    let found = document.elementFromPoint(x, y);
    for (let inner = found; inner?.shadowRoot; found = inner ?? found) {
      inner = inner.shadowRoot.elementFromPoint(x, y);
      if (inner === found) break;
    }
    return found;
  };
  const around = (node) => node.parentElement ?? node.getRootNode().host ?? null;
  const isWithin = (node, whole) => { for (let at = node; at; at = around(at)) if (at === whole) return true; return false; };
  // The outermost thing that belongs to what lies on top, and not to the element: a banner rather than the word in it.
  const outermost = (top) => {
    let found = top;
    for (let at = top; at && at !== document.body && at !== document.documentElement && !(element && isWithin(element, at)); at = around(at)) {
      if (["fixed", "absolute", "sticky"].includes(getComputedStyle(at).position) || at === top) found = at;
    }
    return found;
  };
  const overlay = () => {
    const top = deepest(innerWidth / 2, innerHeight / 2);
    for (let at = top; at && at !== document.body; at = around(at)) {
      const box = at.getBoundingClientRect();
      if (["fixed", "absolute"].includes(getComputedStyle(at).position) && box.width * box.height >= innerWidth * innerHeight * 0.5) return describe(at);
    }
    return null;
  };
  if (!element) return { overlay: overlay() };
  const box = element.getBoundingClientRect();
  const style = getComputedStyle(element);
  const top = element.isConnected && box.width && box.height ? deepest(box.x + box.width / 2, box.y + box.height / 2) : null;
  const label = element.labels?.[0];
  const covers = top && !isWithin(top, element) && !isWithin(element, top) && !(label && isWithin(top, label));
  return {
    detached: !element.isConnected,
    hidden: !box.width || !box.height || style.visibility !== "visible",
    disabled: element.matches(":disabled") || element.getAttribute("aria-disabled") === "true",
    covered_by: covers ? describe(outermost(top)) : null,
    overlay: covers ? null : overlay(),
  };
}
