// What an element looks like: the same words that the recorder takes down, by the recorder's own reading of roles and names.
(element) => {
  const globalThis = {};
  /* RECORDER */
  const { elements, names } = globalThis.tracefoxRecorder;
  const LONGEST = 80;
  const kind = elements.tag(element);
  const isField = /^(input|select|textarea|option)$/.test(kind);
  const words = names.name(element) || (isField ? names.label(element) : names.content(element));
  const type = /^(input|button)$/.test(kind) ? element.type : "";
  return { tag: kind, role: names.role(element), text: words.slice(0, LONGEST).trim(), type, name: elements.attribute(element, "name").slice(0, LONGEST) };
}
