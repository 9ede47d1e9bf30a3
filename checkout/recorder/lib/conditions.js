// What is checked of an element that a person pointed at. Pure. To add one: a line in KINDS, and a button in the window.

const KINDS = {
  visible: ({ target }) => ({ kind: "element_visible", target }),
  text: ({ target, text }) => (text ? { kind: "text", text, target } : { kind: "element_visible", target }),
  total: ({ target, text }) => (amount(text) === null ? { kind: "element_visible", target } : { kind: "total", target, equals: amount(text) }),
  zero: ({ target }) => ({ kind: "total_is_zero", target }),
};

export const condition = (kind, picked) => KINDS[kind]?.(picked) ?? null;

// `Total: € 1.234,50` -> `1234.50`. Of two signs the last parts the cents; a single one does if one or two digits follow it.
export function amount(text) {
  const found = (text ?? "").match(/-?\d[\d.,'\u2019\u00a0\u202f ]*/g)?.map((each) => each.trim()) ?? [];
  const written = found.find((each) => /[.,]\d{2}$/.test(each)) ?? found[0];
  if (!written) return null;
  const [, whole, cents] = /^(.*?)(?:[.,](\d{1,2}))?$/.exec(written);
  const digits = whole.replace(/[^\d-]/g, "");
  return /^-?\d{1,12}$/.test(digits) ? digits + (cents ? `.${cents}` : "") : null;
}
