// A step and a condition as people say them. Pure. What a page wrote is cut short.

import { nameIn } from "./recording.js";

const ACTIONS = { navigate: "Open", click: "Click", check: "Tick", uncheck: "Untick", fill: "Fill", select: "Choose", press: "Press", wait_for_url: "Wait for", assert: "Check" };

export function ofStep(step) {
  if (step.url) return `${ACTIONS[step.action]} ${cut(step.url.replace(/^https:\/\//, ""))}`;
  if (step.action === "assert") return `Check that ${ofCondition(step.condition)}`;
  if (step.action === "press") return `Press ${step.key}${step.target ? ` in ${ofTarget(step.target)}` : ""}`;
  return `${ACTIONS[step.action]} ${ofTarget(step.target)}${nameIn(step) ? " with" : ""}`;
}

export function ofCondition(condition) {
  const aim = ofTarget(condition.target);
  if (condition.kind === "text") return `${aim} says “${cut(condition.text)}”`;
  if (condition.kind === "total") return `the total is ${condition.equals}`;
  return condition.kind === "total_is_zero" ? "the total is zero" : `${aim} can be seen`;
}

export function ofTarget(target) {
  const { text, name, role, tag } = target.fingerprint;
  return text || name ? `“${cut(text || name)}”` : role || tag || "an element";
}

export const cut = (text) => (text.length > 60 ? `${text.slice(0, 59)}…` : text);
