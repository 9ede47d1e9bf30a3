// Makes the Checkout Test out of a recording: the documented JSON form, with names where values were typed. Pure.
// Whatever a page wrote that repeats a typed value (a greeting, an address line, a link) is left out, so that no value leaves the extension unsealed.

import { realNumberIn } from "./cards.js";
import { nameIn } from "./recording.js";

const SHORTEST = 4; // shorter values (`DE`, `2`) stand everywhere and say nothing
const SAYS_NOTHING = /^(?:search|cart)\./;

export class CannotSend extends Error {}

export function build(recording, { title, stopAfter, orderStep, cards }) {
  const secrets = secretsOf(recording.values);
  const steps = recording.steps.map((step, index) => ({ ...cleanStep(step, secrets, cards, index + 1) }));
  if (!steps.length) throw new CannotSend("Nothing was recorded yet. Open the shop, and press Record.");
  const flow = {
    version: 1, title: hide(title.trim(), secrets).slice(0, 120) || new URL(recording.startUrl).hostname, start_url: steps[0].url, viewport: viewport(recording.viewport),
    allowed_origins: recording.origins, analytics: "blocked", stop_after: stopAfter, order_step: orderStep, step_seconds: 10, run_seconds: 120, steps,
    conditions: recording.conditions.map((condition, index) => cleanCondition(condition, secrets, cards, `Success condition ${index + 1}`)),
  };
  refuseRealCards(flow, cards);
  return flow;
}

export function secretsOf(values) {
  const kept = Object.entries(values).filter(([name, value]) => !SAYS_NOTHING.test(name) && value.trim().length >= (name.startsWith("card.") ? 3 : SHORTEST));
  return kept.map(([name, value]) => ({ name, value: value.trim(), low: value.trim().toLowerCase() })).sort((one, other) => other.low.length - one.low.length);
}

const repeats = (text, secrets) => secrets.some(({ low }) => contains(text.toLowerCase(), low) || contains(decoded(text).toLowerCase(), low));

// A short value counts where it stands by itself: the 123 of a card is not in `step-1234`.
function contains(text, low) {
  for (let at = text.indexOf(low); at >= 0; at = text.indexOf(low, at + 1)) {
    const alone = !/[\p{L}\p{N}]/u.test(text[at - 1] ?? " ") && !/[\p{L}\p{N}]/u.test(text[at + low.length] ?? " ");
    if (alone || low.length >= 6) return true;
  }
  return false;
}

function decoded(text) {
  try {
    return decodeURIComponent(text.replace(/\+/g, " "));
  } catch (error) {
    if (error instanceof URIError) return text;
    throw error;
  }
}

// The names of the values in the place of the values: a text that is to be seen may repeat what was typed.
export function named(text, secrets) {
  return secrets.reduce((done, { name, value }) => done.split(value).join(`{{${name}}}`), text);
}

const hide = (text, secrets) => (repeats(text, secrets) ? "" : text);

function cleanStep(step, secrets, cards, number) {
  const { at, ...clean } = step; // when it was done says nothing to a run
  if (step.url) clean.url = step.action === "navigate" ? cleanUrl(step.url, secrets, "") : cleanUrl(step.url, secrets, "*");
  if (step.target) clean.target = cleanTarget(step.target, secrets, cards, `Step ${number}`);
  if (step.condition) clean.condition = cleanCondition(step.condition, secrets, cards, `Step ${number}`);
  return clean;
}

// An address keeps its host. Parts of its path and query that repeat a value go: where the address is a pattern, a star stands for them.
function cleanUrl(url, secrets, instead) {
  const [, head, rest] = /^(https?:\/\/[^/?#]*|about:)(.*)$/s.exec(url) ?? [null, "", url];
  const [path, ...query] = rest.split("?");
  const parts = path.split("/").map((part) => (repeats(part, secrets) ? instead : part)).join("/");
  const kept = query.join("?").split("&").filter((part) => part && !repeats(part, secrets)).join("&");
  return head + parts + (kept ? `?${kept}` : "");
}

function cleanTarget(target, secrets, cards, place) {
  const isClean = (text) => !repeats(text, secrets) && !realNumberIn(text, cards);
  const selectors = target.selectors.filter((chain) => chain.every(isClean));
  if (!selectors.length) throw new CannotSend(`${place} can only be told by a text that was typed. Remove that step, and add it by hand afterwards.`);
  const fingerprint = Object.fromEntries(Object.entries(target.fingerprint).map(([name, text]) => [name, isClean(text) ? text : ""]));
  const frame = target.frame.map((each) => ({ url: cleanUrl(each.url, secrets, "*"), name: hide(each.name, secrets) }));
  return { selectors, frame, fingerprint };
}

function cleanCondition(condition, secrets, cards, place) {
  const clean = { ...condition };
  if (condition.target) clean.target = cleanTarget(condition.target, secrets, cards, place);
  if (condition.text) clean.text = named(condition.text, secrets);
  return clean;
}

function refuseRealCards(flow, cards) {
  const look = (data, place) => {
    if (typeof data === "string" && realNumberIn(data, cards)) throw new CannotSend(`${place} holds a number that could be a real payment card. It is not sent.`);
    if (data && typeof data === "object") for (const [name, inside] of Object.entries(data)) look(inside, place || { steps: "A step", conditions: "A Success condition" }[name] || `The ${name}`);
  };
  look(flow, "");
}

function viewport(seen) {
  const within = (number, least, most) => Math.min(most, Math.max(least, Math.round(number)));
  const { width = 1280, height = 800, scale = 1, touch = false } = seen ?? {};
  const device = !touch ? "desktop" : width <= 600 ? "phone" : "tablet";
  return { width: within(width, 240, 3840), height: within(height, 240, 3840), device, scale: Math.min(4, Math.max(0.5, Math.round(scale * 100) / 100)), touch };
}

// The names whose value a step types.
export const namesUsed = (flow) => [...new Set(flow.steps.map(nameIn).filter(Boolean))];
