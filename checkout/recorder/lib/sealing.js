// Seals a value of Test Data to the workspace's public key, in the form that the runner opens: X25519 with a key made for this box alone, HKDF-SHA256,
// AES-256-GCM. A box is `TFS1`, that key's public half (32 bytes), a random nonce (12), ciphertext and tag; where it belongs is authenticated with it.

const MAGIC = new TextEncoder().encode("TFS1");
const INFO = new TextEncoder().encode("tracefox test data v1");

export async function seal(value, { publicKey, context }) {
  const recipient = await crypto.subtle.importKey("raw", publicKey, { name: "X25519" }, false, []);
  const pair = await crypto.subtle.generateKey({ name: "X25519" }, false, ["deriveBits"]);
  const ephemeral = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  const shared = await crypto.subtle.deriveBits({ name: "X25519", public: recipient }, pair.privateKey, 256);
  const key = await boxKey(shared, joined(ephemeral, publicKey));
  const nonce = crypto.getRandomValues(new Uint8Array(12));
  const bound = { name: "AES-GCM", iv: nonce, additionalData: new TextEncoder().encode(context) };
  const sealed = await crypto.subtle.encrypt(bound, key, new TextEncoder().encode(value));
  return joined(MAGIC, ephemeral, nonce, new Uint8Array(sealed));
}

async function boxKey(shared, salt) {
  const material = await crypto.subtle.importKey("raw", shared, "HKDF", false, ["deriveKey"]);
  return crypto.subtle.deriveKey({ name: "HKDF", hash: "SHA-256", salt, info: INFO }, material, { name: "AES-GCM", length: 256 }, false, ["encrypt"]);
}

function joined(...parts) {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  parts.reduce((at, part) => (whole.set(part, at), at + part.length), 0);
  return whole;
}

export const toBase64 = (bytes) => btoa(String.fromCharCode(...bytes));
export const fromBase64 = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
