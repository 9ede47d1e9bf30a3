// Which of these selectors finds an element, and can a visitor see it? Looks only: nothing is clicked, written or waited for.
// A function expression: called with a list of CSS selectors (` >>> ` steps into an open shadow root), it answers [[index, visible], ...].
(selectors) => {
  const find = (selector) => {
    let root = document;
    let element = null;
    for (const step of selector.split(" >>> ")) {
      element = root && root.querySelector(step);
      if (!element) return null;
      root = element.shadowRoot;
    }
    return element;
  };
  const inView = (element) => {
    const box = element.getBoundingClientRect();
    const wide = Math.min(box.right, innerWidth) - Math.max(box.left, 0);
    const high = Math.min(box.bottom, innerHeight) - Math.max(box.top, 0);
    return wide > 1 && high > 1 && element.checkVisibility({ opacityProperty: true, visibilityProperty: true, contentVisibilityAuto: true });
  };
  // A wrapper without a box of its own still shows what it holds.
  const isVisible = (element) => {
    if (inView(element)) return true;
    const inside = (element.shadowRoot || element).querySelectorAll("*");
    for (let at = 0; at < Math.min(inside.length, 60); at += 1) if (inView(inside[at])) return true;
    return false;
  };
  const seen = [];
  selectors.forEach((selector, index) => {
    const element = find(selector);
    if (element) seen.push([index, isVisible(element)]);
  });
  return seen;
}
