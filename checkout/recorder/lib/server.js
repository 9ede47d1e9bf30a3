// The Tracefox server, as the recorder needs it: what may be recorded into, the new test, its sealed Test Data. Plain values pass through no request.

import { fromBase64, seal, toBase64 } from "./sealing.js";

const KEY = /^tfx_live_[0-9A-Za-z]{8}_[0-9A-Za-z]{43}_[0-9A-Za-z]{6}$/;
const LOOPBACK = /^(?:localhost|127\.0\.0\.1)$/;

export class Refused extends Error {}

// The address as it is used, or a sentence in the error.
export function readAddress(text) {
  const typed = text.trim();
  const whole = /^https?:\/\//i.test(typed) ? typed : `https://${typed}`;
  if (!URL.canParse(whole)) throw new Refused("This is no address. Give the one of your Tracefox, such as https://app.tracefox.com.");
  const url = new URL(whole);
  if (url.protocol === "http:" && !LOOPBACK.test(url.hostname)) throw new Refused("Give an https address: a key is sent to it.");
  return url.origin;
}

export function readKey(text) {
  if (!KEY.test(text.trim())) throw new Refused("This is no API key. It begins with tfx_live_ and was shown once, when it was made.");
  return text.trim();
}

export const about = (connection) => ask(connection, "GET", "/api/v1/recorder/");

// Makes the test, then seals each value to the workspace's key for that test, and brings the boxes. `made` is the test of an earlier try that got no data:
// it makes room for this one.
export async function send(connection, { site, flow, values, names, made = null, onMade = () => {} }) {
  if (made) await ask(connection, "DELETE", `/api/v1/checkout-tests/${made}/`, { missing: "ok" });
  const { id } = await ask(connection, "POST", "/api/v1/checkout-tests/", { body: { site, flow } });
  await onMade(id);
  if (names.length) await bring(connection, `/api/v1/checkout-tests/${id}/sealed-test-data/`, { values, names });
}

async function bring(connection, path, { values, names }) {
  const place = await ask(connection, "GET", path);
  const publicKey = fromBase64(place.key.public_key);
  const boxes = [];
  for (const [index, name] of names.entries()) {
    const version = place.data_version + 1 + index;
    boxes.push({ name, version, sealed: toBase64(await seal(values[name], { publicKey, context: `${place.bound_to}|${name}|${version}` })) });
  }
  return ask(connection, "PUT", path, { body: { key: place.key.id, values: boxes } });
}

async function ask({ server, key }, method, path, { body = null, missing = "bad" } = {}) {
  const headers = { Authorization: `Bearer ${key}`, Accept: "application/json", ...(body ? { "Content-Type": "application/json" } : {}) };
  const options = { method, headers, credentials: "omit", cache: "no-store", redirect: "error", referrerPolicy: "no-referrer", ...(body ? { body: JSON.stringify(body) } : {}) };
  const answer = await fetch(server + path, options).catch((error) => {
    if (error instanceof TypeError) throw new Refused("Your Tracefox did not answer. Is the address right, and may the recorder reach it?");
    throw error;
  });
  if (answer.status === 204 || (answer.status === 404 && missing === "ok")) return null;
  const said = await answer.json().catch((error) => (error instanceof SyntaxError ? null : Promise.reject(error)));
  if (!answer.ok) throw new Refused(sentence(said) || `Your Tracefox answered ${answer.status}.`);
  return said;
}

// The API's problems: what is wrong, field by field, or in one sentence.
function sentence(said) {
  const fields = Object.values(said?.errors ?? {}).flat(3).filter((each) => typeof each === "string");
  return fields.join(" ") || said?.detail || "";
}
