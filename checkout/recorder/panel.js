// The recorder's window: start and stop, what was recorded, the stop point, checks, and where it goes. It alone talks to the Tracefox server.

import { read } from "./lib/cards.js";
import { toDevtools } from "./lib/devtools.js";
import * as draw from "./lib/drawing.js";
import { CannotSend, build, namesUsed } from "./lib/flow.js";
import { orderStep } from "./lib/place_order.js";
import { Refused, about, readAddress, readKey, send } from "./lib/server.js";
import * as store from "./lib/store.js";

const { byId } = draw;
const cards = read(await (await fetch("testcards.json")).json());
let recording = null;
let proposed = null; // the number of steps that the stop point was proposed for

// --- what is shown

async function show() {
  recording = await store.get("recording");
  const sent = await store.get("sent");
  for (const [id, when] of Object.entries({ idle: !recording && !sent, live: recording, finish: recording && !recording.on, done: !recording && sent })) byId(id).hidden = !when;
  byId("state").textContent = recording?.on ? "● Recording" : "";
  byId("state").classList.toggle("on", Boolean(recording?.on));
  if (recording) await showRecording();
  else await showIdle(sent);
}

async function showIdle(sent) {
  byId("done-words").textContent = sent ? `“${sent.title}” is in ${sent.workspace}. Its first run is at its first slot; start one there at any time.` : "";
  const tab = await shopTab();
  byId("shop").value = tab?.url?.startsWith("https://") ? tab.url : "";
  byId("record").disabled = !byId("shop").value;
}

async function showRecording() {
  const isOn = recording.on, kind = await store.get("picking"), here = await store.get("here"), listening = (await store.get("listening")) ?? [];
  byId("live-title").textContent = isOn ? "Recording" : "Recorded";
  byId("pause").hidden = !isOn;
  byId("resume").hidden = isOn;
  byId("checks-legend").textContent = isOn ? "Check something at this point" : "Success conditions: what must hold where the run stops";
  byId("picking").hidden = !kind;
  draw.steps(recording, { drop: (index) => command({ about: "drop", index }) });
  draw.notes(recording);
  const elsewhere = here?.startsWith("https://") ? [new URL(here).origin] : [];
  draw.foreign([...new Set([...recording.foreign, ...elsewhere])].filter((origin) => !listening.includes(origin)), { allow });
  if (!isOn) await showFinish();
}

async function showFinish() {
  if (proposed !== recording.steps.length) propose();
  draw.conditions(recording, { forget: (index) => command({ about: "forgetCondition", index }) });
  draw.values(recording, { rename: (old, name) => command({ about: "rename", old, name }) });
  byId("title").value ||= recording.title;
  const connection = await store.get("connection");
  byId("connect").hidden = Boolean(connection);
  byId("connected").hidden = !connection;
  if (!connection) return;
  byId("workspace").textContent = `${connection.workspace}, at ${new URL(connection.server).host}`;
  draw.choices("site", connection.sites.map((site) => [site.id, site.name]), byId("site").value || nearest(connection.sites));
}

// The stop point before the click that places the order; where there is no such click, after the last step.
function propose() {
  proposed = recording.steps.length;
  const order = orderStep(recording.steps);
  draw.choices("order", [["", "None of these"], ...draw.stepChoices(recording, (step) => step.action === "click")], order ?? "");
  limitStop(order);
}

function limitStop(order) {
  const limit = order ?? recording.steps.length;
  draw.choices("stop", draw.stepChoices(recording, (_, index) => index < limit), limit - 1);
  byId("stop-why").textContent = order === null ? "No click here looks like placing the order." : `Proposed: right before step ${order + 1}, which looks like placing the order.`;
}

const nearest = (sites) => sites.find((site) => new URL(site.url).host === new URL(recording.startUrl || "https://x").host)?.id ?? sites[0]?.id ?? "";

// --- what is done

// One thing at a time; what went wrong is said in words.
function does(id, deed) {
  byId(id).addEventListener("click", async () => {
    say("");
    byId(id).disabled = true;
    await deed().catch((error) => say(error instanceof Refused || error instanceof CannotSend ? error.message : `That did not work: ${error.message}`));
    byId(id).disabled = false;
    await show();
  });
}

function say(words) {
  byId("trouble").textContent = words;
  byId("trouble").hidden = !words;
}

async function command(message) {
  const { error, said } = await chrome.runtime.sendMessage(message);
  if (error) throw new Error(error);
  return said;
}

async function shopTab() {
  const known = await store.get("tab");
  return known && (await chrome.tabs.get(known.id).catch(() => null));
}

// Asked in the click itself: the browser takes it from nowhere else.
async function mayLookAt(...origins) {
  if (!(await chrome.permissions.request({ origins: origins.map((origin) => `${origin}/*`) }))) throw new Refused("Without that permission the recorder sees nothing there.");
}

async function allow(origin) {
  await mayLookAt(origin);
  await store.remove("here");
  await command({ about: "allow" });
  await show();
}

does("record", async () => {
  const origin = new URL(byId("shop").value).origin;
  await mayLookAt(origin);
  const tab = await shopTab();
  proposed = null;
  byId("title").value = "";
  await command({ about: "start", tabId: tab.id, origin });
});
does("pause", () => command({ about: "stop" }));
does("resume", () => command({ about: "resume" }));
does("discard", () => command({ about: "discard" }));
does("again", () => store.remove("sent"));
for (const button of document.querySelectorAll("[data-pick]")) button.addEventListener("click", () => command({ about: "pick", kind: button.dataset.pick }));
byId("order").addEventListener("change", () => limitStop(byId("order").value === "" ? null : Number(byId("order").value)));

does("connect-now", async () => {
  const server = readAddress(byId("server").value), key = readKey(byId("key").value);
  await mayLookAt(server);
  const { workspace, sites } = await about({ server, key });
  if (!sites.length) throw new Refused("This workspace has no site yet. Put the shop under watch first.");
  await store.set("connection", { server, key, workspace, sites });
  byId("key").value = "";
});
does("disconnect", () => store.remove("connection"));

function flow() {
  const order = byId("order").value;
  const made = build(recording, { title: byId("title").value, stopAfter: Number(byId("stop").value), orderStep: order === "" ? null : Number(order), cards });
  for (const kind of ["no_server_error", "no_console_error"]) if (byId(kind.replaceAll("_", "-")).checked) made.conditions.push({ kind });
  return made;
}

does("send", async () => {
  const connection = await store.get("connection"), made = flow();
  const known = await store.get("made");
  const options = { site: byId("site").value, flow: made, values: recording.values, names: namesUsed(made), made: known, onMade: (id) => store.set("made", id) };
  await send(connection, options);
  await store.set("sent", { title: made.title, workspace: connection.workspace });
  await command({ about: "discard" });
});

does("save", async () => save(flow(), "checkout-test.json"));
does("save-devtools", async () => save(toDevtools(flow()), "recording.json"));

function save(data, name) {
  const url = URL.createObjectURL(new Blob([JSON.stringify(data, null, 2)], { type: "application/json" }));
  Object.assign(document.createElement("a"), { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

store.onChange(show);
await show();
