// What every script of a fixture page can do, and when. The server appends `run([{do, when, after, url}, ...])`.
const run = (steps) => {
  const append = (tag, url, place) => place.append(Object.assign(document.createElement(tag), { src: url, async: true }));
  const doers = {
    cookie: (text) => (document.cookie = text),
    key: (name) => localStorage.setItem(name, "kept"),
    image: (url) => append("img", url, document.body),
    script: (url) => append("script", url, document.head),
    frame: (url) => append("iframe", url, document.body),
    fetch: (url) => fetch(url, { mode: "no-cors", credentials: "include" }).catch(() => {}),
    xhr: (url) => {
      const request = new XMLHttpRequest();
      request.open("GET", url);
      request.send();
    },
    beacon: (url) => navigator.sendBeacon(url, "seen=1"),
    worker: (url) => new Worker(url),
    shared: (url) => new SharedWorker(url).port.start(),
    blob: (url) => new Worker(URL.createObjectURL(new Blob([`fetch("${new URL(url, location)}")`]))),
  };
  const loaded = new Promise((done) => (document.readyState === "complete" ? done() : addEventListener("load", done)));
  const moments = {
    now: (act) => act(),
    timer: (act, after) => loaded.then(() => setTimeout(act, after)),
    frame: (act) => loaded.then(() => requestAnimationFrame(() => requestAnimationFrame(act))),
    transition: (act, after) =>
      loaded.then(() => {
        const veil = document.createElement("div");
        veil.style.cssText = `position:fixed;width:9px;height:9px;opacity:0;transition:opacity ${after}ms`;
        veil.addEventListener("transitionend", act, { once: true });
        document.body.append(veil);
        veil.getBoundingClientRect();
        veil.style.opacity = 1;
      }),
  };
  for (const { do: what, when, after, url } of steps) moments[when](() => doers[what](url), after);
};
