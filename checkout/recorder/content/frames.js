// Which frames of other origins a page shows, so that the person who records can let the recorder into them: card fields often live in one.
(() => {
  const recorder = globalThis.tracefoxRecorder;
  if (recorder.frames) return;
  const { all, attribute, roots, visible } = recorder.elements;

  const foreign = (frame) => {
    const address = attribute(frame, "src");
    if (!address) return "";
    const url = URL.canParse(address, document.baseURI) ? new URL(address, document.baseURI) : null;
    return url?.protocol === "https:" && url.origin !== location.origin ? url.origin : "";
  };

  // Frames too small to type in are somebody's counting.
  const large = (frame) => frame.clientWidth >= 40 && frame.clientHeight >= 15 && visible(frame);

  const seen = () => [...new Set(roots().flatMap((root) => all(root, "iframe")).filter(large).map(foreign).filter(Boolean))];

  recorder.frames = { seen };
})();
