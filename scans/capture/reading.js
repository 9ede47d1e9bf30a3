// Runs in an isolated world after the page has settled: the page's own overrides of DOM and JSON do not reach it. Returns plain data, changes nothing.
// Elements with a name stand in front of what a document or a form has itself, in every world: both are asked through their prototypes.
(limits, banners) => {
  const most = { forms: 50, fields: 60, boxes: 60, looked: 20000 };
  const own = (kind, name, object) => Object.getOwnPropertyDescriptor(kind.prototype, name).get.call(object);
  const page = (name) => own(Document, name, document);
  const all = (place, selector) => [...(place === document ? Document : DocumentFragment).prototype.querySelectorAll.call(place, selector)];
  const said = (element, name) => Element.prototype.getAttribute.call(element, name) || "";
  const box = (element) => Element.prototype.getBoundingClientRect.call(element);
  const root = page("documentElement");
  const type = page("doctype");
  const html = root ? (type ? `<!DOCTYPE ${type.name}>` : "") + root.outerHTML : "";
  const elements = all(document, "*");
  const visible = (element) => {
    const place = box(element);
    const style = getComputedStyle(element);
    return place.width > 1 && place.height > 1 && place.bottom > 0 && place.top < innerHeight && style.visibility !== "hidden" && style.display !== "none" && Number(style.opacity) > 0.05;
  };
  const roots = [document];
  for (const element of elements) if (element.shadowRoot instanceof ShadowRoot) roots.push(element.shadowRoot);
  const find = (selector) => {
    for (const place of roots) {
      try {
        const [element] = all(place, selector);
        if (element) return element;
      } catch (error) {
        return null;
      }
    }
    return null;
  };
  const found = [];
  for (const [cmp, selector] of banners) {
    const element = find(selector);
    if (element) found.push([cmp, visible(element)]);
  }
  const everywhere = (selector) => roots.flatMap((place) => all(place, selector));
  const scripts = all(document, "script").slice(0, limits.scripts).map((script, position) => ({
    src: script.src, async: script.async && script.hasAttribute("async"), defer: script.defer, integrity: script.integrity, nonce: Boolean(script.nonce),
    type: script.type, position, text: script.src ? "" : script.text.slice(0, limits.inline),
  }));
  const frames = all(document, "iframe, frame").slice(0, limits.frames).map((frame) => ({ src: frame.src, sandboxed: frame.hasAttribute("sandbox") }));
  const field = (control) => {
    const elsewhere = control.hasAttribute("formaction") ? ` formaction=${String(control.formAction).slice(0, 500)}` : "";
    return `${String(control.type).slice(0, 40)} ${(said(control, "name") || said(control, "id")).slice(0, 100)}`.trim() + elsewhere;
  };
  const controls = (form) => [...own(HTMLFormElement, "elements", form)].filter((control) => /^(input|select|textarea|button)$/.test(control.localName));
  const forms = everywhere("form").slice(0, most.forms).map((form) => ({
    action: own(HTMLFormElement, "action", form).slice(0, 2000), method: own(HTMLFormElement, "method", form),
    name: (said(form, "name") || said(form, "id")).slice(0, 100), fields: controls(form).slice(0, most.fields).map(field),
  }));

  const moving = [];
  const move = (element, why) => {
    const place = box(element);
    const x = Math.max(0, Math.floor(place.left)), y = Math.max(0, Math.floor(place.top));
    const width = Math.min(innerWidth, Math.ceil(place.right)) - x, height = Math.min(innerHeight, Math.ceil(place.bottom)) - y;
    if (moving.length >= most.boxes || width < 4 || height < 4 || width * height > 0.9 * innerWidth * innerHeight || !visible(element)) return;
    const inside = (other) => other.x <= x && other.y <= y && other.x + other.width >= x + width && other.y + other.height >= y + height;
    if (!moving.some(inside)) moving.push({ x, y, width, height, why });
  };
  const named = (...names) => names.map((name) => `[class*="${name}" i]`).join();
  const isDate = (text) => {
    if (text.length < 4 || text.length > 80 || !/\d/.test(text)) return false;
    const rest = text.replace(/\d{1,4}([./:-])\d{1,2}(\1\d{1,4})?|\d{1,2}(st|nd|rd|th|\.)?\s+\p{L}{3,9}\.?,?\s+\d{4}|\p{L}{3,9}\.?\s+\d{1,2}(st|nd|rd|th)?,?\s+\d{4}|\d+\s+\p{L}+\s+ago/gu, "");
    return rest !== text && rest.replace(/[^\p{L}\d]/gu, "").length * 2 < text.replace(/[^\p{L}\d]/gu, "").length;
  };
  for (const frame of everywhere("iframe")) {
    if (frame.src && /^https?:/.test(frame.src) && new URL(frame.src).hostname !== location.hostname) move(frame, "frame");
  }
  for (const element of everywhere("video")) move(element, "video");
  const carousels = `${named("carousel", "swiper", "slick-slider", "slideshow", "splide", "flickity", "marquee", "ticker")},[class~="slider" i],[aria-roledescription="carousel" i],[role="marquee"],marquee`;
  for (const element of everywhere(carousels)) move(element, "carousel");
  for (const element of everywhere("canvas")) move(element, "animation");
  for (const animation of Document.prototype.getAnimations.call(document)) {
    if (animation.playState === "running" && animation.effect instanceof KeyframeEffect && animation.effect.target) move(animation.effect.target, "animation");
  }
  const advertisements = `ins.adsbygoogle,[data-ad-slot],[data-ad-client],[id^="div-gpt-ad"],[id^="google_ads"],[id^="taboola-"],[class~="ad" i],[class~="ads" i],${named("advert", "outbrain")}`;
  for (const element of everywhere(advertisements)) move(element, "advertisement");
  for (const element of everywhere(`time,[role="timer"],${named("countdown")}`)) move(element, "date");
  for (const element of elements.slice(0, most.looked)) {
    if (moving.length >= most.boxes) break;
    if (element.childElementCount === 0 && !/^(script|style|option|textarea)$/.test(element.localName) && isDate((element.textContent || "").trim().slice(0, 100))) move(element, "date");
  }
  return {
    title: page("title").slice(0, 500), html: html.slice(0, limits.html), length: html.length, nodes: elements.length,
    scripts, frames, banners: found, ready: page("readyState"), forms, moving,
  };
}
