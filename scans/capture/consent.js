(platforms, wanted, words, patience) => {
  // Answers the consent banner once, as a visitor would, and says what came of it. Clicks one button and nothing else.
  const visible = (element) => {
    const box = element.getBoundingClientRect();
    const style = getComputedStyle(element);
    return box.width > 1 && box.height > 1 && style.visibility !== "hidden" && style.display !== "none" && Number(style.opacity) > 0.05;
  };
  const roots = () => {
    const found = [document];
    for (const element of document.querySelectorAll("*")) if (element.shadowRoot) found.push(element.shadowRoot);
    return found;
  };
  const all = (selector, places) => {
    const found = [];
    for (const place of places) {
      try {
        found.push(...place.querySelectorAll(selector));
      } catch (error) {
        return found; // a selector that this browser does not know finds nothing
      }
    }
    return found;
  };
  const said = (element) => (element.innerText || element.value || element.getAttribute("aria-label") || "").trim().toLowerCase().replace(/\s+/g, " ");
  const speaks = (element, list) => list.some((word) => said(element) === word || (said(element).length < 60 && said(element).startsWith(word)));
  // A link is a button where it stays on this document; one that leads elsewhere would load a page that nobody named.
  const stays = (element) => {
    const link = element.closest("a[href], area[href]");
    if (!link || link.protocol === "javascript:") return true;
    const place = new URL(location.href);
    return link.origin === place.origin && link.pathname === place.pathname && link.search === place.search && !(link.target && link.target !== "_self");
  };
  const buttons = (place) =>
    [...place.querySelectorAll("button, [role=button], a, input[type=button], input[type=submit]")].filter((one) => visible(one) && stays(one));
  const homemade = "[role=dialog], [role=alertdialog], [class*=cookie i], [id*=cookie i], [class*=consent i], [id*=consent i]";
  const banner = () => {
    const places = roots();
    for (const platform of platforms) {
      const element = all(platform.banner, places).find(visible);
      if (element) return { platform, element };
    }
    const element = all(homemade, places).find((one) => visible(one) && buttons(one).some((button) => speaks(button, words.accept)));
    return element ? { platform: { name: "", accept: [], reject: [] }, element } : null;
  };
  const wait = async (holds, long) => {
    for (const end = Date.now() + long; Date.now() < end; ) {
      const found = holds();
      if (found) return found;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return holds();
  };
  return (async () => {
    const shown = await wait(banner, patience);
    if (!shown) return { verdict: "no_banner", cmp: "", button: "" };
    const { platform, element } = shown;
    if (wanted === "look") return { verdict: "shown", cmp: platform.name, button: "" };
    const usable = (one) => visible(one) && stays(one);
    const known = platform[wanted].find((selector) => all(selector, roots()).some(usable));
    const place = element.getRootNode() instanceof ShadowRoot ? element.getRootNode() : element;
    const button = known ? all(known, roots()).find(usable) : buttons(place).find((one) => speaks(one, words[wanted]));
    if (!button) return { verdict: wanted === "reject" ? "no_reject_button" : "action_failed", cmp: platform.name, button: "" };
    const name = known || said(button).slice(0, 60);
    button.click();
    const gone = await wait(() => !banner(), 3000);
    return { verdict: gone ? { accept: "accepted", reject: "rejected" }[wanted] : "action_failed", cmp: platform.name, button: name };
  })();
}
