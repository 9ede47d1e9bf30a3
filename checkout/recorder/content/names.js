// The role and the name of an element, as assistive technology is told them: what people see and say, and so what changes least.
// After the W3C's "Accessible Name and Description Computation" and "HTML Accessibility API Mappings", as far as shops need them.
(() => {
  const recorder = globalThis.tracefoxRecorder;
  if (recorder.names) return;
  const { attribute, children, has, hidden, isElement, rootOf, shadowOf, tag, tidy, parentOf } = recorder.elements;

  const INPUTS = {
    button: "button", submit: "button", reset: "button", image: "button", checkbox: "checkbox", radio: "radio", range: "slider", number: "spinbutton",
    search: "searchbox", text: "textbox", email: "textbox", tel: "textbox", url: "textbox",
  };
  const ROLES = {
    button: "button", summary: "button", textarea: "textbox", option: "option", h1: "heading", h2: "heading", h3: "heading", h4: "heading", h5: "heading",
    h6: "heading", img: "img", ul: "list", ol: "list", li: "listitem", table: "table", tr: "row", td: "cell", th: "columnheader", nav: "navigation", main: "main",
    fieldset: "group", dialog: "dialog", output: "status", progress: "progressbar", article: "article", p: "paragraph",
  };
  const NAMED_BY_CONTENT = new Set([
    "button", "cell", "checkbox", "columnheader", "gridcell", "heading", "link", "menuitem", "menuitemcheckbox", "menuitemradio", "option", "radio", "row",
    "rowheader", "switch", "tab", "tooltip", "treeitem",
  ]);
  const NEVER_NAMED = new Set(["paragraph", "generic", "presentation", "none", "listitem", ""]);

  function role(element) {
    const said = attribute(element, "role").trim().split(/\s+/)[0].toLowerCase();
    if (said && said !== "presentation" && said !== "none") return said;
    const name = tag(element);
    if (name === "a" || name === "area") return has(element, "href") ? "link" : "";
    if (name === "select") return element.multiple || element.size > 1 ? "listbox" : "combobox";
    if (name === "input") return has(element, "list") && /^(text|search|tel|url|email)$/.test(element.type) ? "combobox" : INPUTS[element.type] ?? "";
    return ROLES[name] ?? "";
  }

  function name(element) {
    const known = role(element);
    if (NEVER_NAMED.has(known)) return "";
    return tidy(byReference(element) || attribute(element, "aria-label") || byMarkup(element) || (NAMED_BY_CONTENT.has(known) ? content(element) : "") || hint(element));
  }

  function byReference(element) {
    const root = rootOf(element);
    const named = attribute(element, "aria-labelledby").split(/\s+/).filter(Boolean).map((id) => root.getElementById?.(id)).filter(Boolean);
    return named.map((other) => attribute(other, "aria-label") || content(other, { whole: true })).join(" ").trim();
  }

  // What HTML itself names an element by: its label, its alternative text, the words on its button.
  function byMarkup(element) {
    const kind = tag(element);
    if (kind === "input" && /^(submit|reset|button)$/.test(element.type)) return element.value || { submit: "Submit", reset: "Reset" }[element.type] || "";
    if (kind === "input" && element.type === "image") return attribute(element, "alt") || attribute(element, "title") || "Submit";
    if (kind === "img" || kind === "area") return attribute(element, "alt");
    if (element.labels?.length) return labels(element);
    const inside = { fieldset: "legend", table: "caption", svg: "title" }[kind];
    const child = inside && children(element).find((each) => isElement(each) && tag(each) === inside);
    return child ? content(child) : "";
  }

  function labels(element) {
    return [...element.labels].map((label) => attribute(label, "aria-label") || content(label, { without: element })).join(" ");
  }

  function hint(element) {
    return attribute(element, "title") || (/^(input|textarea)$/.test(tag(element)) ? attribute(element, "placeholder") || attribute(element, "aria-placeholder") : "");
  }

  // The words inside an element, in the order in which they are drawn. Fields inside it are left out: what is typed into one is no name.
  function content(element, { without = null, whole = false } = {}) {
    const parts = [drawn(element, "::before")];
    for (const node of shown(element)) {
      if (node.nodeType === Node.TEXT_NODE) parts.push(node.data);
      else if (isElement(node) && node !== without && (whole || !hidden(node))) parts.push(...inner(node, { without, whole }));
    }
    parts.push(drawn(element, "::after"));
    return parts.join("");
  }

  function inner(node, options) {
    if (/^(script|style|template|noscript|input|select|textarea)$/.test(tag(node))) return [" "];
    const said = attribute(node, "aria-label") || byMarkup(node) || content(node, options) || (tag(node) === "img" ? attribute(node, "title") : "");
    return getComputedStyle(node).display.startsWith("inline") ? [said] : [" ", said, " "];
  }

  function shown(element) {
    if (shadowOf(element)) return children(shadowOf(element));
    if (tag(element) === "slot" && element.assignedNodes().length) return element.assignedNodes();
    return children(element);
  }

  // Text that the style sheet puts before or after an element counts, as it does for assistive technology.
  function drawn(element, place) {
    const style = getComputedStyle(element, place);
    const words = /^"((?:[^"\\]|\\.)*)"/.exec(style.content ?? "");
    return words && style.display !== "none" ? words[1].replace(/\\(.)/g, "$1") : "";
  }

  // The label beside a field, for people: where its name comes from `aria-label` or a placeholder, that.
  function label(element) {
    return tidy(byReference(element) || attribute(element, "aria-label") || (element.labels?.length ? labels(element) : "") || hint(element));
  }

  // A checkbox or radio button that the style sheet hides is clicked on its label.
  function visibleLabel(element) {
    const given = [...(element.labels ?? [])];
    const around = parentOf(element);
    return given.find((each) => recorder.elements.visible(each)) ?? (around && isElement(around) ? around : null);
  }

  recorder.names = { content: (element) => tidy(content(element)), label, name, role, visibleLabel };
})();
