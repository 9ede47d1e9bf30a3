// Describes an element as the target of a step: the ways to find it again, best first, the frame it is in, and what it looks like.
// Best is what people see (accessible name and role, then text), then what developers promise (test ids, then ids), then short CSS; XPath comes last.
// Each way is tried here and now, and kept only if it finds this element and no other.
(() => {
  const recorder = globalThis.tracefoxRecorder;
  if (recorder.selectors) return;
  const { all, attribute, children, hidden, hosts, isElement, parentOf, rootOf, roots, shadowOf, tag, tidy, visible } = recorder.elements;
  const { isStable, looksGenerated, pattern } = recorder.generated;
  const names = recorder.names;

  const TEST_IDS = ["data-testid", "data-test-id", "data-test", "data-qa", "data-cy", "data-e2e", "data-automation-id"];
  const FIELDS = /^(input|select|textarea|option)$/;
  const MOST = 10, LONGEST = 300, LONGEST_NAME = 80, DEEPEST = 6;
  const AMOUNT = /[€$£¥]\s?\d|\d[.,]\d\d|\d\s?(?:eur|usd|gbp|chf)\b/i; // a price in the words of a button changes with the cart

  function describe(element) {
    const around = hosts(element).map(hostSelector);
    const ways = [aria(element), text(element), ...testIds(element), id(element), ...css(element)].filter((each) => each && each.length <= LONGEST);
    const chains = [...new Set(ways)].map((each) => [...around, each]);
    const last = around.length ? [] : [[xpath(element)]];
    return { selectors: [...chains.slice(0, MOST - last.length), ...last], frame: frames(), fingerprint: fingerprint(element) };
  }

  // --- what people see

  function aria(element) {
    const role = names.role(element), name = names.name(element);
    if (!role || !name || name.length > LONGEST_NAME || name.includes("[") || AMOUNT.test(name)) return "";
    const same = within(rootOf(element)).filter((other) => names.role(other) === role && !hidden(other) && names.name(other) === name);
    return same.length === 1 && same[0] === element ? `aria/${name}[role="${role}"]` : "";
  }

  function text(element) {
    if (FIELDS.test(tag(element))) return "";
    const words = tidy(element.textContent);
    if (words.length < 2 || words.length > LONGEST_NAME || AMOUNT.test(words)) return "";
    const found = smallest(rootOf(element), words.toLowerCase());
    return found.length === 1 && found[0] === element ? `text/${words}` : "";
  }

  // The innermost elements that hold these words.
  function smallest(root, words) {
    const found = [];
    const look = (node) => {
      const inside = [...children(node), ...(isElement(node) && shadowOf(node) ? children(shadowOf(node)) : [])].filter(isElement);
      const holding = inside.filter((child) => !/^(script|style|noscript|template|head)$/.test(tag(child)) && holds(child, words));
      if (!holding.length && isElement(node) && tidy(node.textContent).toLowerCase().includes(words)) found.push(node);
      holding.forEach(look);
    };
    look(root);
    return found;
  }

  const holds = (element, words) => tidy(element.textContent).toLowerCase().includes(words) || (shadowOf(element) && tidy(shadowOf(element).textContent).toLowerCase().includes(words));

  const within = (root) => {
    const found = roots().filter((other) => other === root || hostsInclude(other, root));
    return found.flatMap((each) => all(each, "*"));
  };

  function hostsInclude(root, outer) {
    for (let each = root; each instanceof ShadowRoot; each = rootOf(each.host)) if (each === outer) return true;
    return outer.nodeType === Node.DOCUMENT_NODE;
  }

  // --- what developers promise

  function testIds(element) {
    const given = TEST_IDS.map((name) => [name, attribute(element, name)]).filter(([, value]) => value && value.length <= 80 && !/\d{5,}|[0-9a-f]{8}-/.test(value));
    return given.map(([name, value]) => `[${name}=${quoted(value)}]`).filter((each) => isOnly(each, element));
  }

  function id(element) {
    const value = attribute(element, "id");
    return value && isStable(value) && isOnly(`#${CSS.escape(value)}`, element) ? `#${CSS.escape(value)}` : "";
  }

  // --- short CSS

  function css(element) {
    const pieces = own(element);
    const alone = pieces.find((piece) => isOnly(piece, element));
    return [alone ?? under(element, pieces) ?? path(element)].filter(Boolean);
  }

  function own(element) {
    const kind = tag(element), said = (name) => attribute(element, name);
    const by = (...used) => kind + used.map((name) => `[${name}=${quoted(said(name))}]`).join("");
    const stable = (name) => said(name) && said(name).length <= 60 && !looksGenerated(said(name));
    const pieces = [];
    if (kind.includes("-")) pieces.push(kind);
    if (stable("name")) pieces.push(by("name"), ...(/^(radio|checkbox)$/.test(said("type")) && said("value") && said("value").length <= 60 ? [by("name", "value")] : []));
    if (said("autocomplete") && FIELDS.test(kind) && !/^(on|off)$/.test(said("autocomplete"))) pieces.push(by("autocomplete"));
    if (kind === "a" && /^[/#]?[a-z0-9/_.-]{1,60}$/i.test(said("href")) && !/\d{5,}/.test(said("href"))) pieces.push(by("href"));
    const classes = [...element.classList].filter(isStable).slice(0, 3);
    for (const each of classes) pieces.push(`${kind}.${CSS.escape(each)}`);
    if (classes.length > 1) pieces.push(kind + classes.map((each) => `.${CSS.escape(each)}`).join(""));
    if (/^(submit|button|reset|password|email|tel|search)$/.test(said("type"))) pieces.push(by("type"));
    return [...pieces, kind];
  }

  // Under the nearest ancestor that can be named.
  function under(element, pieces) {
    for (let around = parentOf(element), up = 0; isElement(around) && up < 12; around = parentOf(around), up += 1) {
      const place = id(around) || testIds(around)[0] || landmark(around);
      const found = place && pieces.map((piece) => `${place} ${piece}`).find((each) => isOnly(each, element));
      if (found) return found;
    }
    return null;
  }

  function landmark(element) {
    const named = /^(form|main|dialog|fieldset|nav)$/.test(tag(element)) ? [tag(element)] : [];
    const classes = [...element.classList].filter(isStable).slice(0, 3).map((each) => `.${CSS.escape(each)}`);
    return [...named, ...classes].find((each) => isOnly(each, element)) ?? "";
  }

  // Step by step from the nearest ancestor with an id, or from the top.
  function path(element) {
    const steps = [];
    for (let each = element, up = 0; isElement(each); each = parentOf(each), up += 1) {
      const anchor = up > 0 && id(each);
      if (anchor) return [anchor, ...steps].join(" > ");
      steps.unshift(position(each, (kind, index) => `${kind}:nth-of-type(${index})`));
      if (up + 1 >= DEEPEST && isOnly(steps.join(" > "), element)) break;
    }
    return steps.join(" > ");
  }

  // --- last

  function xpath(element) {
    const steps = [];
    for (let each = element; isElement(each); each = parentOf(each)) {
      const named = attribute(each, "id");
      if (named && isStable(named) && !named.includes('"') && isOnly(`#${CSS.escape(named)}`, each)) return `xpath///*[@id="${named}"]${steps.map((step) => `/${step}`).join("")}`;
      steps.unshift(position(each, (kind, index) => (each.namespaceURI === "http://www.w3.org/1999/xhtml" ? `${kind}[${index}]` : `*[local-name()="${kind}"][${index}]`)));
    }
    return `xpath//${steps.join("/")}`;
  }

  function position(element, write) {
    const around = parentOf(element);
    const same = around ? children(around).filter((other) => isElement(other) && tag(other) === tag(element)) : [element];
    return isElement(around) || same.length > 1 ? write(tag(element), same.indexOf(element) + 1) : tag(element);
  }

  function hostSelector(host) {
    return testIds(host)[0] || id(host) || css(host)[0];
  }

  const quoted = (value) => `"${value.replace(/["\\]/g, "\\$&").replace(/\n/g, "\\a ")}"`;

  function isOnly(selector, element) {
    const found = all(rootOf(element), selector);
    return found.length === 1 && found[0] === element;
  }

  // --- the frame, and what the element looks like

  // A frame may not look at those around it when they are of another origin: then only their origin is known.
  function frames() {
    const found = [];
    for (let depth = 0, each = window; each !== window.top && depth < 5; depth += 1, each = each.parent) found.unshift(frame(each, depth));
    return found;
  }

  function frame(which, depth) {
    try {
      return { url: address(which.location.href), name: isStable(which.name) ? which.name : "" };
    } catch (error) {
      if (error.name !== "SecurityError") throw error;
      return { url: `${location.ancestorOrigins[depth - 1]}/*`, name: "" };
    }
  }

  function address(href) {
    if (!/^https?:/.test(href)) return href.startsWith("about:srcdoc") ? "about:srcdoc" : "about:blank";
    const url = new URL(href);
    return `${url.origin}${pattern(url.pathname)}*`.replace(/\*+$/, "*");
  }

  function fingerprint(element) {
    const kind = tag(element);
    const words = names.name(element) || (FIELDS.test(kind) ? names.label(element) : names.content(element));
    const type = /^(input|button)$/.test(kind) ? element.type : "";
    return { tag: kind, role: names.role(element), text: words.slice(0, LONGEST_NAME).trim(), type, name: attribute(element, "name").slice(0, LONGEST_NAME) };
  }

  recorder.selectors = { address, describe, visible };
})();
