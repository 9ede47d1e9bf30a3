// Listens to what a person does on this page: clicks, what a field holds when it is left, choices, Enter and Escape. No key strokes, no page text.
// Everything is caught on the window before the page hears of it, and described before the page can change. What scripts do (untrusted events) is not recorded.
(() => {
  const recorder = globalThis.tracefoxRecorder;
  if (recorder.listen) return;
  const { attribute, has, isElement, matches, parentOf, tag, visible } = recorder.elements;

  const LIVE = 'button, a[href], area[href], summary, input, select, textarea, option, label, [onclick], [contenteditable=""], [contenteditable="true"], ' +
    ["button", "link", "tab", "menuitem", "menuitemradio", "menuitemcheckbox", "option", "checkbox", "radio", "switch", "treeitem", "combobox"].map((role) => `[role="${role}"]`).join(", ");
  const BUTTONS = /^(button|submit|reset|image)$/;
  const TICKS = /^(checkbox|radio)$/;

  const before = new WeakMap(); // what an element looked like when it was first touched
  const typed = new WeakMap(); // fields in which something was typed that is not recorded yet, and when
  const known = new WeakMap(); // the last value recorded of a field
  const watched = new WeakSet(); // shadow roots whose `change` events are heard
  let report = () => {};
  let pressing = null; // the field in which Enter is being pressed

  const deepest = (event) => event.composedPath().find(isElement) ?? null;
  const isTick = (element) => tag(element) === "input" && TICKS.test(element.type);
  const isButton = (element) => tag(element) === "button" || (tag(element) === "input" && BUTTONS.test(element.type));
  const isText = (element) => tag(element) === "textarea" || (tag(element) === "input" && !TICKS.test(element.type) && !BUTTONS.test(element.type));
  const isEditable = (element) => !isText(element) && /^(|true|plaintext-only)$/.test(attribute(element, "contenteditable")) && has(element, "contenteditable");

  function start(send) {
    report = send;
    const heard = { pointerdown: touch, focusin: touch, input, change, focusout: leave, click, keydown, keyup };
    for (const [kind, listener] of Object.entries(heard)) window.addEventListener(kind, (event) => hears(event) && listener(event), true);
  }

  const hears = (event) => event.isTrusted && recorder.recording !== false && !recorder.pick.on();

  // `change` does not leave a shadow root: each root that something happens in is listened to by itself.
  function watch(event) {
    for (const node of event.composedPath()) {
      if (!(node instanceof ShadowRoot) || watched.has(node)) continue;
      watched.add(node);
      node.addEventListener("change", (inside) => hears(inside) && change(inside), true);
    }
  }

  function touch(event) {
    watch(event);
    if (event.type === "pointerdown") pressing = null;
    const element = event.type === "pointerdown" ? aim(event) : deepest(event);
    if (element && (event.type === "pointerdown" || isText(element) || tag(element) === "select")) before.set(element, recorder.selectors.describe(element));
  }

  const target = (element) => {
    const found = before.get(element) ?? recorder.selectors.describe(element);
    before.delete(element);
    return found;
  };

  // --- fields

  function input(event) {
    watch(event);
    const element = deepest(event);
    const field = element && (isText(element) ? element : event.composedPath().find((node) => isElement(node) && isEditable(node)));
    if (!field) return;
    if (!before.has(field)) before.set(field, recorder.selectors.describe(field));
    typed.set(field, Date.now());
  }

  function change(event) {
    const element = deepest(event);
    if (!element) return;
    if (isTick(element)) tick(element);
    else if (tag(element) === "select") fill(element, "select");
    else if (tag(element) === "input" && element.type === "file") report({ note: "A file was chosen. Files cannot be recorded: add that step by hand." });
    else if (isText(element)) fill(element, "fill");
  }

  function leave(event) {
    const field = event.composedPath().find((node) => isElement(node) && typed.has(node));
    if (field) fill(field, "fill");
  }

  function fill(element, action) {
    const value = isEditable(element) ? element.innerText : element.value;
    const at = typed.get(element) ?? Date.now();
    typed.delete(element);
    if (known.get(element) === value) return;
    known.set(element, value);
    const name = recorder.fields.propose(element);
    report({ at, step: { action, target: target(element) }, name, value, card: recorder.fields.isCardNumber(element) });
  }

  function tick(element) {
    const label = recorder.names.visibleLabel(element);
    if (!visible(element) && label) return report({ step: { action: "click", target: target(label) } });
    return report({ step: { action: element.checked ? "check" : "uncheck", target: target(element) } });
  }

  // --- clicks

  function click(event) {
    const element = aim(event);
    if (!element || isPartOfTyping(element, event)) return;
    report({ step: { action: "click", target: target(element) } });
  }

  // The button or link around what was hit. Of a drawing, what holds it; else the outermost part that shows a hand.
  function aim(event) {
    const path = event.composedPath().filter(isElement);
    const live = path.find((element) => matches(element, LIVE));
    if (live) return tag(live) === "label" && live.control && isButton(live.control) ? live.control : live;
    let hit = path.find((element) => element.namespaceURI === "http://www.w3.org/1999/xhtml");
    if (!hit || /^(html|body)$/.test(tag(hit))) return null;
    for (let up = 0; up < 4 && getComputedStyle(hit).cursor === "pointer"; up += 1) {
      const around = parentOf(hit);
      if (!isElement(around) || /^(html|body)$/.test(tag(around)) || getComputedStyle(around).cursor !== "pointer") break;
      hit = around;
    }
    return hit;
  }

  // A click into a field is followed by what is typed, one on a box by its change, and Enter in a field clicks the form's button by itself.
  function isPartOfTyping(element, event) {
    if (event.detail === 0 && pressing && isButton(element) && pressing.form && element.form === pressing.form) return true;
    if (isTick(element) || /^(select|option)$/.test(tag(element)) || isEditable(element)) return true;
    if (tag(element) === "label") return Boolean(element.control);
    return isText(element) && !element.readOnly;
  }

  // --- keys

  function keydown(event) {
    watch(event);
    if (event.isComposing || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
    const element = deepest(event);
    if (event.key === "Escape") press(element, "Escape");
    if (event.key !== "Enter" || !element || tag(element) === "textarea" || !isText(element)) return;
    pressing = element;
    if (typed.has(element)) fill(element, "fill");
    press(element, "Enter");
  }

  function keyup() {
    pressing = null;
  }

  function press(element, key) {
    const aimed = element && !/^(html|body)$/.test(tag(element));
    report({ step: aimed ? { action: "press", key, target: recorder.selectors.describe(element) } : { action: "press", key } });
  }

  recorder.listen = { aim, start };
})();
