// Runs in every frame before the page's own scripts. What is typed is drawn as discs, and where the page repeats a secret it is replaced before it is painted.
// The page must learn nothing from it: every function of the page's world that is used here was taken before the page could change it, and no object of
// ours is left where the page can reach it. A frame of an origin that the test does not name gets no secrets at all.
(config) => {
  "use strict";
  const bound = Function.prototype.bind.call(Function.prototype.bind, Function.prototype.call);
  const own = (kind, name) => Object.getOwnPropertyDescriptor(kind.prototype, name);
  const reader = (kind, name) => bound(own(kind, name).get);
  const writer = (kind, name) => bound(own(kind, name).set);
  const indexOf = bound(String.prototype.indexOf), slice = bound(String.prototype.slice), lower = bound(String.prototype.toLowerCase);
  const repeat = bound(String.prototype.repeat), charCode = bound(String.prototype.charCodeAt);
  const type = reader(Node, "nodeType"), first = reader(Node, "firstChild"), next = reader(Node, "nextSibling"), parent = reader(Node, "parentNode");
  const data = reader(CharacterData, "data"), setData = writer(CharacterData, "data");
  const name = reader(Element, "localName"), shadow = reader(Element, "shadowRoot");
  const attribute = bound(Element.prototype.getAttribute), setAttribute = bound(Element.prototype.setAttribute);
  const styleOf = reader(HTMLElement, "style"), setStyle = bound(CSSStyleDeclaration.prototype.setProperty);
  const styled = bound(CSSStyleDeclaration.prototype.getPropertyValue);
  const observe = bound(MutationObserver.prototype.observe);
  const target = reader(MutationRecord, "target"), kind = reader(MutationRecord, "type"), added = reader(MutationRecord, "addedNodes");
  const length = reader(NodeList, "length"), item = bound(NodeList.prototype.item);
  const HTML = HTMLElement, Observer = MutationObserver, isHtml = bound(Function.prototype[Symbol.hasInstance]);
  const ELEMENT = 1, TEXT = 3;
  const DRAWN = ["title", "alt", "placeholder", "label", "aria-label", "aria-description", "aria-valuetext", "summary"];
  const NOT_TYPED = ["checkbox", "radio", "button", "submit", "reset", "image", "file", "hidden", "range", "color"];
  const CLOCKS = ["date", "time", "month", "week", "datetime-local"];
  const has = (list, one) => { for (let at = 0; at < list.length; at += 1) if (list[at] === one) return true; return false; };
  const secrets = has(config.origins, self.origin) ? config.secrets : [];
  const roots = [];
  const options = { subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: config.watched };

  const digit = (text, at) => { const code = at >= 0 && at < text.length ? charCode(text, at) : 0; return code > 47 && code < 58; };
  const free = (text, start, end) => !digit(text, start - 1) && !digit(text, end);
  function veiled(text) {
    let result = text;
    for (let at = 0; at < secrets.length; at += 1) {
      const secret = secrets[at];
      const folded = lower(result), haystack = folded.length === result.length ? folded : result;
      const needle = haystack === folded ? secret.folded : secret.text;
      for (let found = indexOf(haystack, needle); found >= 0; found = indexOf(haystack, needle, found + needle.length)) {
        const end = found + needle.length;
        if (!secret.digits || free(result, found, end)) result = slice(result, 0, found) + repeat("•", needle.length) + slice(result, end);
      }
    }
    return result;
  }

  function veilText(node) {
    const text = data(node), shown = veiled(text);
    if (shown !== text) setData(node, shown);
  }
  function veilAttribute(element, which) {
    const text = attribute(element, which);
    if (text === null) return;
    const shown = veiled(text);
    if (shown !== text) setAttribute(element, which, shown);
  }
  function put(style, property, value) {
    if (styled(style, property) !== value) setStyle(style, property, value, "important");
  }
  function veilField(element) {
    const tag = name(element);
    const form = tag === "input" ? lower(attribute(element, "type") || "text") : "text";
    if (has(["button", "submit", "reset"], form)) return veilAttribute(element, "value");
    if (has(NOT_TYPED, form)) return;
    const style = styleOf(element);
    put(style, "-webkit-text-security", "disc");
    put(style, "caret-color", "transparent");
    if (has(CLOCKS, form)) put(style, "-webkit-text-fill-color", "transparent");
  }
  function veilElement(element) {
    const tag = name(element);
    if ((tag === "input" || tag === "textarea") && isHtml(HTML, element)) veilField(element);
    if (secrets.length) for (let at = 0; at < DRAWN.length; at += 1) veilAttribute(element, DRAWN[at]);
    const root = shadow(element);
    if (root) watch(root);
  }
  function veilTree(top) {
    let node = top;
    while (node) {
      const form = type(node);
      if (form === TEXT && secrets.length) veilText(node);
      if (form === ELEMENT) veilElement(node);
      let further = first(node);
      while (!further && node && node !== top) { further = next(node); if (!further) node = parent(node); }
      node = further;
      if (node === top) return;
    }
  }

  const observer = new Observer((records) => {
    for (let at = 0; at < records.length; at += 1) {
      const record = records[at], node = target(record), what = kind(record);
      if (what === "characterData") { if (secrets.length && type(node) === TEXT) veilText(node); }
      else if (what === "attributes") veilElement(node);
      else { const nodes = added(record), count = length(nodes); for (let one = 0; one < count; one += 1) veilTree(item(nodes, one)); }
    }
  });
  function watch(root) {
    if (has(roots, root)) return;
    roots[roots.length] = root;
    observe(observer, root, options);
    veilTree(root);
  }

  const attach = bound(Element.prototype.attachShadow);
  const patched = { attachShadow(init) { const root = attach(this, init); watch(root); return root; } }.attachShadow;
  Object.defineProperty(Element.prototype, "attachShadow", { ...own(Element, "attachShadow"), value: patched });
  watch(document);
}
