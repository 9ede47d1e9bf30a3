// Asks the service worker whether this tab is being recorded, and reports steps, addresses, frames and what was pointed at. What a person does before the
// answer is held back, and forgotten if the answer is no.
(() => {
  const recorder = globalThis.tracefoxRecorder;
  if (recorder.started) return;
  recorder.started = true;
  recorder.recording = null; // not known yet
  const isTop = window === window.top;
  const LONGEST_TEXT = 200, SETTLED = 500;
  let held = [];

  // After the extension was updated or removed this page talks to nobody.
  const send = (message) => (chrome.runtime?.id ? chrome.runtime.sendMessage({ at: Date.now(), ...message }) : Promise.resolve(null));

  function heard(what) {
    if (recorder.recording === null) held.push(what);
    if (!recorder.recording) return;
    send({ about: "step", ...what });
    setTimeout(frames, SETTLED); // what a click brings to light comes a little later
  }

  function frames() {
    const origins = recorder.recording ? recorder.frames.seen() : [];
    if (origins.length) send({ about: "frames", origins });
  }

  function page(how) {
    if (!isTop || !recorder.recording) return;
    send({ about: "page", url: location.href, address: recorder.selectors.address(location.href), title: document.title, how, viewport: viewport() });
  }

  // An address that was typed has no page before it; one that a click or a script led to does.
  function arrival() {
    const kind = performance.getEntriesByType("navigation")[0]?.type ?? "navigate";
    if (kind !== "navigate") return kind;
    return document.referrer ? "led" : "typed";
  }

  const viewport = () => ({ width: innerWidth, height: innerHeight, scale: devicePixelRatio, touch: navigator.maxTouchPoints > 0 && matchMedia("(pointer: coarse)").matches });

  function pick(kind) {
    recorder.pick.stop();
    if (kind) recorder.pick.start((element) => picked(kind, element));
  }

  function picked(kind, element) {
    recorder.pick.stop();
    const found = element && { target: recorder.selectors.describe(element), text: recorder.names.content(element).slice(0, LONGEST_TEXT) };
    send({ about: "picked", kind, ...found });
  }

  function record(on) {
    const begins = on && !recorder.recording;
    recorder.recording = on;
    if (begins) {
      page(arrival());
      frames();
      held.forEach(heard);
    }
    held = [];
  }

  chrome.runtime.onMessage.addListener((message) => {
    if (message.about === "record") record(message.on);
    if (message.about === "pick") pick(message.kind);
  });
  recorder.listen.start(heard);
  globalThis.navigation?.addEventListener("currententrychange", () => page("within"));
  window.addEventListener("load", frames);
  window.addEventListener("blur", frames);

  send({ about: "hello" }).then((answer) => {
    record(Boolean(answer?.said?.recording));
    if (answer?.said?.picking) pick(answer.said.picking);
  });
})();
