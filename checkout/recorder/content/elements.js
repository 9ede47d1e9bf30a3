// What the other content scripts ask of a page: its elements through open shadow roots, their attributes, whether they can be seen.
// A form's fields stand in front of what the form has itself, in every world: attributes and tags are asked through their prototypes.
(() => {
  const recorder = (globalThis.tracefoxRecorder ??= {});
  if (recorder.elements) return;

  const own = (kind, name) => Object.getOwnPropertyDescriptor(kind.prototype, name).get;
  const localName = own(Element, "localName");
  const shadowRoot = own(Element, "shadowRoot");
  const parentNode = own(Node, "parentNode");
  const childNodes = own(Node, "childNodes");

  const tag = (element) => localName.call(element);
  const attribute = (element, name) => Element.prototype.getAttribute.call(element, name) ?? "";
  const has = (element, name) => Element.prototype.hasAttribute.call(element, name);
  const rootOf = (element) => Node.prototype.getRootNode.call(element);
  const parentOf = (element) => parentNode.call(element);
  const children = (node) => [...childNodes.call(node)];
  const shadowOf = (element) => shadowRoot.call(element);
  const isElement = (node) => node?.nodeType === Node.ELEMENT_NODE;
  const tidy = (text) => String(text).replace(/[\s\u00a0]+/g, " ").trim();
  const matches = (element, selector) => Element.prototype.matches.call(element, selector);

  const all = (root, selector) => {
    const kind = root.nodeType === Node.DOCUMENT_NODE ? Document : DocumentFragment;
    return [...kind.prototype.querySelectorAll.call(root, selector)];
  };

  // The document and every open shadow root in it.
  const roots = () => {
    const found = [document];
    for (const root of found) for (const element of all(root, "*")) if (shadowOf(element)) found.push(shadowOf(element));
    return found;
  };

  // The shadow hosts around an element, outermost first.
  const hosts = (element) => {
    const found = [];
    for (let root = rootOf(element); root instanceof ShadowRoot; root = rootOf(root.host)) found.unshift(root.host);
    return found;
  };

  const visible = (element) => {
    const box = Element.prototype.getBoundingClientRect.call(element);
    if (box.width < 1 || box.height < 1) return false;
    return getComputedStyle(element).visibility === "visible";
  };

  // Not drawn at all, or kept from assistive technology.
  const hidden = (element) => {
    if (attribute(element, "aria-hidden") === "true") return true;
    const style = getComputedStyle(element);
    return style.display === "none" || style.visibility !== "visible";
  };

  recorder.elements = { all, attribute, children, has, hidden, hosts, isElement, matches, parentOf, rootOf, roots, shadowOf, tag, tidy, visible };
})();
