// A Checkout Test in the form of the Chrome DevTools Recorder. Pure. Values stay names: `{{shipping.email}}` is typed as it stands there.
// What that form has no step for (the stop point, Success conditions) is left out; our own form keeps it.

const MOUSE = { target: "main", offsetX: 1, offsetY: 1 };

export function toDevtools(flow) {
  const { width, height, scale, touch, device } = flow.viewport;
  const first = { type: "setViewport", width, height, deviceScaleFactor: scale, isMobile: device !== "desktop", hasTouch: touch, isLandscape: width > height };
  return { title: flow.title, steps: [first, ...flow.steps.flatMap((step) => TO[step.action]?.(step) ?? [])] };
}

const TO = {
  navigate: ({ url }) => [{ type: "navigate", url }],
  click: ({ target }) => [{ type: "click", ...MOUSE, ...aimed(target) }],
  check: ({ target }) => [{ type: "click", ...MOUSE, ...aimed(target) }],
  uncheck: ({ target }) => [{ type: "click", ...MOUSE, ...aimed(target) }],
  fill: ({ target, value }) => [{ type: "change", target: "main", value, ...aimed(target) }],
  select: ({ target, value }) => [{ type: "change", target: "main", value, ...aimed(target) }],
  press: ({ key }) => [{ type: "keyDown", target: "main", key }, { type: "keyUp", target: "main", key }],
  assert: ({ condition }) => (condition.target ? [{ type: "waitForElement", target: "main", visible: true, ...aimed(condition.target) }] : []),
};

// Frames have no addresses there, only places: a step inside one keeps its selectors, and its frame goes with the page's own first frames.
const aimed = ({ selectors, frame }) => ({ selectors, ...(frame.length ? { frame: frame.map(() => 0) } : {}) });
