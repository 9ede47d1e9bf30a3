// Draws the recorder's window. Text goes in as text, never as markup: much of it was written by a page.

import { ofCondition, ofStep } from "./words.js";
import { nameIn } from "./recording.js";

export const byId = (id) => document.getElementById(id);

export function make(kind, { text = "", className = "", title = "", on = null } = {}, ...inside) {
  const element = document.createElement(kind);
  if (text) element.textContent = text;
  if (className) element.className = className;
  if (title) element.title = title;
  if (on) element.addEventListener("click", on);
  element.append(...inside);
  return element;
}

export function steps(recording, { drop }) {
  byId("steps").replaceChildren(...recording.steps.map((step, index) => row(`${index + 1}`, ofStep(step), nameIn(step), index ? () => drop(index) : null)));
}

export function conditions(recording, { forget }) {
  byId("conditions").replaceChildren(...recording.conditions.map((condition, index) => row("", ofCondition(condition), "", () => forget(index))));
}

function row(number, words, name, remove) {
  const said = make("span", { className: "words", text: `${words} ` }, ...(name ? [make("code", { text: `{{${name}}}` })] : []));
  return make("li", {}, make("span", { className: "number", text: number }), said, ...(remove ? [make("button", { className: "link", text: "Remove", on: remove })] : []));
}

export function notes(recording) {
  byId("notes").replaceChildren(...recording.notes.map((words) => make("li", { text: words })));
}

// One line for each origin that the recorder may not look into yet: of frames, or of the address where the tab is.
export function foreign(origins, { allow }) {
  const asks = origins.map((origin) => make("p", {}, `Part of this page comes from ${origin}. `, make("button", { text: "Record there too", on: () => allow(origin) })));
  byId("foreign").replaceChildren(...asks);
}

export function values(recording, { rename }) {
  byId("values").replaceChildren(...Object.keys(recording.values).map((name) => {
    const field = make("input");
    Object.assign(field, { value: name, ariaLabel: `Name of ${name}`, spellcheck: false });
    field.addEventListener("change", () => rename(name, field.value.trim()));
    return make("li", {}, field, make("span", { className: "quiet", text: "••••••" }));
  }));
}

// The choices of a select; what was chosen stays chosen where it still can be.
export function choices(id, rows, chosen) {
  byId(id).replaceChildren(...rows.map(([value, words]) => Object.assign(make("option", { text: words }), { value })));
  byId(id).value = String(chosen);
}

export const stepChoices = (recording, keep) => recording.steps.map((step, index) => [String(index), `${index + 1}. ${ofStep(step)}`]).filter((_, index) => keep(recording.steps[index], index));
