// The service worker: opens the recorder's window, puts the content scripts into the tab that is recorded, and adds what they report to the recording.
// Reports are taken one after another. Commands come from the recorder's own window only, reports only from the recorded tab.

import { read } from "./lib/cards.js";
import { condition } from "./lib/conditions.js";
import { drop, fresh, note, rename, take } from "./lib/recording.js";
import * as store from "./lib/store.js";

const SCRIPTS = ["elements", "names", "generated", "selectors", "fields", "frames", "pick", "listen", "start"].map((name) => `content/${name}.js`);
const ID = "recorder";
const OWN = chrome.runtime.getURL("");
let cards = null;
let last = Promise.resolve();

chrome.action.onClicked.addListener((tab) => open(tab));

chrome.runtime.onMessage.addListener((message, sender, answer) => {
  if (sender.id !== chrome.runtime.id) return false;
  const isOurs = sender.url?.startsWith(OWN) ?? false;
  if (!(isOurs ? COMMANDS : REPORTS)[message.about]) return false;
  last = last.then(() => (isOurs ? COMMANDS : REPORTS)[message.about](message, sender)).then(
    (said) => answer({ said: said ?? null }),
    (error) => answer({ error: String(error.message) }),
  );
  return true;
});

chrome.tabs.onUpdated.addListener((tabId, { status }, tab) => {
  if (status === "complete" && !tab.url) last = last.then(() => change((recording) => (recording.tabId === tabId && recording.on ? note(recording, BLIND) : recording)));
});

chrome.tabs.onRemoved.addListener((tabId) => {
  last = last.then(() => change((recording) => (recording.tabId === tabId ? { ...recording, on: false } : recording)));
});

// A new empty tab has the old one as its opener too: only one that goes to the shop was opened by a click there.
chrome.tabs.onCreated.addListener(({ openerTabId, pendingUrl, url }) => {
  const address = pendingUrl || url || "";
  last = last.then(() => change((recording) => (recording.on && openerTabId === recording.tabId && address.startsWith("https:") ? note(recording, OTHER_TAB) : recording)));
});

const BLIND = "The tab is at an address where the recorder may not look. Press its button in the toolbar there, and allow it.";
const OTHER_TAB = "A click opened another tab. A Checkout Test stays in one tab: what happens in the other is not recorded.";

const REPORTS = {
  hello: async (_, { tab }) => {
    const recording = await mine(tab);
    return { recording: Boolean(recording?.on), picking: recording ? await store.get("picking") : null };
  },
  page: report,
  step: report,
  frames: report,
  picked: async (message, sender) => {
    const kind = await store.get("picking");
    if (!kind || !(await mine(sender.tab))) return;
    await pick({ kind: null });
    if (message.target) await report({ about: "picked", origin: sender.origin, condition: condition(kind, message) }, sender);
  },
};

const COMMANDS = { start, stop, resume, pick, allow, drop: ({ index }) => change((recording) => drop(recording, index)), rename: ({ old, name }) => change((recording) => rename(recording, old, name)),
  forgetCondition: ({ index }) => change((recording) => ({ ...recording, conditions: recording.conditions.filter((_, other) => other !== index) })),
  forgetNotes: () => change((recording) => ({ ...recording, notes: [] })), discard };

async function open(tab) {
  const recording = await store.get("recording");
  if (!recording) await store.set("tab", { id: tab.id, url: tab.url ?? "" });
  else if (recording.tabId === tab.id && tab.url) await store.set("here", tab.url);
  const path = chrome.runtime.getURL("panel.html");
  const [there] = await chrome.runtime.getContexts({ contextTypes: ["TAB"], documentUrls: [path] });
  if (there) await chrome.windows.update(there.windowId, { focused: true });
  else await chrome.windows.create({ url: path, type: "popup", width: 440, height: 760 });
}

async function mine(tab) {
  const recording = await store.get("recording");
  return recording && tab?.id === recording.tabId ? recording : null;
}

async function report(message, sender) {
  if (!(await mine(sender.tab))) return;
  cards ??= read(await (await fetch(chrome.runtime.getURL("testcards.json"))).json());
  await change((recording) => (recording.on || message.about === "picked" ? take(recording, { ...message, origin: sender.origin }, cards) : recording));
}

async function change(next) {
  const recording = await store.get("recording");
  if (recording) await store.set("recording", next(recording));
}

// The window has asked for the shop's origin already: permissions are given to a click in it only.
async function start({ tabId, origin }) {
  await store.set("recording", fresh({ tabId, origin }));
  await listenIn(tabId);
}

async function resume() {
  await change((recording) => ({ ...recording, on: true }));
  const recording = await store.get("recording");
  if (recording) await listenIn(recording.tabId);
}

async function stop() {
  await pick({ kind: null });
  await change((recording) => ({ ...recording, on: false }));
  await tell({ about: "record", on: false });
}

// Another origin was allowed: that of a frame, or where the tab went to.
async function allow() {
  const recording = await store.get("recording");
  if (recording?.on) await listenIn(recording.tabId);
}

async function listenIn(tabId) {
  const { origins = [] } = await chrome.permissions.getAll();
  const matches = origins.filter((each) => each.startsWith("https://"));
  const script = { id: ID, js: SCRIPTS, matches, allFrames: true, matchOriginAsFallback: true, runAt: "document_start", persistAcrossSessions: false };
  await forgetScripts();
  await chrome.scripting.registerContentScripts([script]);
  await chrome.scripting.executeScript({ target: { tabId, allFrames: true }, files: SCRIPTS, injectImmediately: true });
  await tell({ about: "record", on: true });
  await store.set("listening", matches.map((each) => each.replace(/\/\*$/, "")));
}

async function forgetScripts() {
  if ((await chrome.scripting.getRegisteredContentScripts({ ids: [ID] })).length) await chrome.scripting.unregisterContentScripts({ ids: [ID] });
}

async function pick({ kind }) {
  if (kind) await store.set("picking", kind);
  else await store.remove("picking");
  await tell({ about: "pick", kind });
}

// To every frame of the tab that listens. Where nobody does there is nobody to tell.
async function tell(message) {
  const recording = await store.get("recording");
  if (recording) await chrome.tabs.sendMessage(recording.tabId, message).catch((error) => console.debug("Nobody listens in the tab:", error.message));
}

async function discard() {
  await stop();
  await forgetScripts();
  await store.remove("recording", "picking", "made", "here", "listening");
}
