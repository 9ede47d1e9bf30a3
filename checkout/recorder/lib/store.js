// What the recorder remembers, in the browser's memory alone: `chrome.storage.session` is on no disk, and no page can read it.

const area = chrome.storage.session;

export const get = async (name) => (await area.get(name))[name] ?? null;
export const set = (name, value) => area.set({ [name]: value });
export const remove = (...names) => area.remove(names);
export const onChange = (listener) => chrome.storage.onChanged.addListener((changes, place) => place === "session" && listener(changes));
