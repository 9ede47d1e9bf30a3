// A recording, and what each report from a page adds to it. Pure: takes a recording, gives the next one; knows no browser.
// Values of fields are kept beside the steps, which hold names only. To record one more kind of report: a line in TAKES.

import { judge } from "./cards.js";

export const MOST_STEPS = 100;
const DEEDS = new Set(["click", "press", "check", "uncheck", "fill", "select"]);

export const fresh = ({ tabId, origin }) => ({
  tabId, origin, on: true, steps: [], conditions: [], values: {}, origins: [origin], foreign: [], notes: [], title: "", startUrl: "", url: "", address: "", viewport: null, acted: false,
});

const TAKES = { page, step, frames, picked };

export function take(recording, report, cards) {
  return (TAKES[report.about] ?? ((same) => same))(recording, report, cards);
}

// Where the tab is now. The first page is where the test starts; later ones are waited for, or opened if a person typed their address.
function page(recording, { at, url, address, title, how, viewport }) {
  if (!url.startsWith("https:")) return note(recording, "This page is not served over https. A Checkout Test visits https addresses only.");
  const origins = include(recording.origins, new URL(url).origin);
  if (!recording.steps.length) {
    return { ...recording, origins, startUrl: withoutFragment(url), url: withoutFragment(url), address, title, viewport, steps: [{ action: "navigate", url: withoutFragment(url) }], acted: false };
  }
  const wasLed = recording.acted || how === "led" || how === "within";
  if (how === "reload" || withoutFragment(url) === recording.url || (wasLed && address === recording.address)) return { ...recording, url: withoutFragment(url), acted: false };
  const next = wasLed ? { action: "wait_for_url", url: address } : { action: "navigate", url: withoutFragment(url) };
  const last = recording.steps.at(-1);
  const steps = wasLed && last.action === "wait_for_url" && !recording.acted ? recording.steps.slice(0, -1) : recording.steps;
  return add({ ...recording, origins, url: withoutFragment(url), address, steps, acted: false }, { ...next, at });
}

function step(recording, { at, step: reported, name, value, card, note: words, origin }, cards) {
  if (words) return note(recording, words);
  if (!reported || !DEEDS.has(reported.action)) return recording;
  const recorded = { ...reported, at };
  const here = { ...recording, origins: origin?.startsWith("https:") ? include(recording.origins, origin) : recording.origins, acted: true };
  return value === undefined ? add(here, recorded) : fill(here, recorded, { name, value, card }, cards);
}

function fill(recording, recorded, { name, value, card }, cards) {
  const trouble = judge(value, { isCardNumber: card }, cards);
  if (trouble) return note(recording, trouble);
  const kept = card ? value.replace(/[^\d]/g, "") : value;
  const again = recording.steps.findLastIndex((each) => each.action === recorded.action && sameTarget(each, recorded));
  if (again >= 0 && again === recording.steps.length - 1) {
    const old = nameIn(recording.steps[again]);
    const shared = recording.steps.some((each, index) => index !== again && nameIn(each) === old);
    if (!shared) return put(recording, old, kept, recording.steps);
  }
  if (kept === "") return add(recording, { ...recorded, value: "" });
  const free = freeName(recording.values, name, kept);
  return put(recording, free, kept, limit(recording, inOrder(recording.steps, { ...recorded, value: `{{${free}}}` })));
}

const put = (recording, name, value, steps) => ({ ...recording, steps, values: { ...recording.values, [name]: value } });

// The same value has the same name; another value of the same kind gets a number behind it.
function freeName(values, name, value) {
  for (let number = 1; ; number += 1) {
    const tried = number === 1 ? name : `${name.slice(0, 36)}_${number}`;
    if (!(tried in values) || values[tried] === value) return tried;
  }
}

function frames(recording, { origins }) {
  return { ...recording, foreign: origins.reduce(include, recording.foreign) };
}

// What was pointed at. While steps are recorded a check is one more step; afterwards it is a Success condition, judged where the run stops.
function picked(recording, { condition, origin }) {
  if (!condition) return recording;
  const here = origin?.startsWith("https:") ? { ...recording, origins: include(recording.origins, origin) } : recording;
  return here.on ? add(here, { action: "assert", condition }) : { ...here, conditions: [...here.conditions, condition].slice(0, 30) };
}

export const nameIn = (each) => /^\{\{([^{}]+)\}\}$/.exec(each.value ?? "")?.[1] ?? "";

// Another name for a value, in every step that types it. A name that is taken, or is none, changes nothing.
export function rename(recording, old, name) {
  if (!/^[a-z][a-z0-9_]{0,39}\.[a-z][a-z0-9_]{0,39}$/.test(name) || name in recording.values || !(old in recording.values)) return recording;
  const values = Object.fromEntries(Object.entries(recording.values).map(([each, value]) => [each === old ? name : each, value]));
  return { ...recording, values, steps: recording.steps.map((each) => (nameIn(each) === old ? { ...each, value: `{{${name}}}` } : each)) };
}

// Without this step, and without the values that only it typed.
export function drop(recording, index) {
  const steps = recording.steps.filter((_, other) => other !== index || index === 0);
  const used = new Set(steps.map(nameIn));
  return { ...recording, steps, values: Object.fromEntries(Object.entries(recording.values).filter(([name]) => used.has(name))) };
}

export const note = (recording, words) => ({ ...recording, notes: include(recording.notes, words).slice(-20) });

const add = (recording, recorded) => ({ ...recording, steps: limit(recording, inOrder(recording.steps, recorded)) });

// What was typed in a frame is reported by a process of its own, and may come after the click that ended the typing: the times say what was first.
function inOrder(steps, next) {
  const later = steps.findIndex((each) => each.at > next.at);
  return later < 1 ? [...steps, next] : [...steps.slice(0, later), next, ...steps.slice(later)];
}

const limit = (recording, steps) => (steps.length > MOST_STEPS ? recording.steps : steps);
const include = (list, item) => (list.includes(item) ? list : [...list, item]);
const sameTarget = (one, other) => JSON.stringify([one.target?.selectors.at(-1), one.target?.frame]) === JSON.stringify([other.target?.selectors.at(-1), other.target?.frame]);
const withoutFragment = (url) => url.split("#")[0];
