// What is wrong with a page for somebody who cannot see it well, or does not use a mouse. Gives a list of sentences; an empty one is what we want.
() => {
  const faults = [];
  const shown = (node) => node.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  const where = (node) => node.outerHTML.replace(/\s+/g, " ").slice(0, 110);
  const named = (node) =>
    (node.getAttribute("aria-label") || "").trim() ||
    (node.getAttribute("aria-labelledby") || "").split(" ").map((id) => document.getElementById(id)?.textContent.trim() || "").join("") ||
    [...(node.labels || [])].map((label) => label.textContent.trim()).join("") ||
    node.textContent.trim() ||
    [...node.querySelectorAll("img[alt]")].map((image) => image.alt).join("");

  const ids = [...document.querySelectorAll("[id]")].map((node) => node.id);
  for (const id of new Set(ids.filter((id, place) => ids.indexOf(id) !== place))) faults.push(`the id ${id} is used twice`);
  for (const node of document.querySelectorAll("input:not([type=hidden]), select, textarea")) {
    if (!(node.labels?.length || node.getAttribute("aria-label"))) faults.push(`a field has no label: ${where(node)}`);
  }
  for (const node of document.querySelectorAll("a[href], button, summary")) if (!named(node)) faults.push(`nothing to read on: ${where(node)}`);
  for (const node of document.querySelectorAll("img")) if (!node.hasAttribute("alt")) faults.push(`a picture has no text: ${where(node)}`);
  for (const node of document.querySelectorAll("table")) {
    if (!node.caption) faults.push("a table has no caption");
    for (const head of node.querySelectorAll("th")) if (!head.scope) faults.push(`a heading of a table says not of what: ${where(head)}`);
  }
  for (const node of document.querySelectorAll("[aria-labelledby], [aria-describedby], label[for]")) {
    for (const name of ["aria-labelledby", "aria-describedby", "for"]) {
      for (const id of (node.getAttribute(name) || "").split(" ").filter(Boolean)) if (!document.getElementById(id)) faults.push(`${name} leads nowhere: ${id}`);
    }
  }
  if (document.querySelectorAll("h1").length !== 1) faults.push(`${document.querySelectorAll("h1").length} main headings`);
  if (document.querySelectorAll("main").length !== 1) faults.push("there is not one main");
  if (!document.documentElement.lang) faults.push("the page has no language");
  if (document.querySelector("[style], style, script:not([src])")) faults.push("style or script in the page itself");

  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const paint = (colours) => {
    canvas.clearRect(0, 0, 1, 1);
    for (const colour of colours) {
      canvas.fillStyle = colour;
      canvas.fillRect(0, 0, 1, 1);
    }
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const light = ([red, green, blue]) => {
    const [r, g, b] = [red, green, blue].map((part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const poor = new Set();
  while (texts.nextNode()) {
    const node = texts.currentNode.parentElement;
    if (!texts.currentNode.textContent.trim() || !shown(node) || node.closest(".unseen, .skip, :disabled, title, option, noscript")) continue;
    const behind = [];
    for (let up = node; up; up = up.parentElement) behind.unshift(getComputedStyle(up).backgroundColor);
    const style = getComputedStyle(node);
    const colour = node instanceof SVGElement ? style.fill : style.color;
    const [one, other] = [light(paint(behind)), light(paint([...behind, colour]))];
    const contrast = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    if (contrast < 4.5) poor.add(`contrast ${contrast.toFixed(2)}: ${colour} in ${node.tagName.toLowerCase()}.${node.getAttribute("class") || ""} “${texts.currentNode.textContent.trim().slice(0, 30)}”`);
  }
  faults.push(...poor);
  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  if (wide > 0) faults.push(`${wide} pixels wider than the window`);
  return faults;
}
