// The pages about changes, beyond htmx: tick all, the slider between two pictures, a button that prints. Pages work without this file.

const edge = new CSSStyleSheet(); // where the slider stands: a rule of ours, for the page's policy allows no style in its markup
document.adoptedStyleSheets.push(edge);

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-tick-all]")) {
    for (const tick of document.querySelectorAll(".change__tick")) tick.checked = event.target.checked;
  }
  if (event.target.matches("[data-tick-all], .change__tick")) say();
  if (event.target.matches("[data-regions]")) {
    for (const regions of document.querySelectorAll(".compare__regions")) regions.toggleAttribute("hidden", !event.target.checked);
  }
});

document.addEventListener("input", (event) => {
  const compare = event.target.matches("[type=range]") && event.target.closest("[data-compare]");
  if (compare) cut(event.target.value);
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});

document.addEventListener("htmx:afterSettle", prepare);
prepare();

function prepare() {
  for (const works of document.querySelectorAll("[data-tick-all], [data-print]")) works.hidden = false;
  for (const compare of document.querySelectorAll("[data-compare]")) overlay(compare);
  say();
}

function say() {
  const all = document.querySelector("[data-tick-all]");
  if (!all) return;
  const ticks = [...document.querySelectorAll(".change__tick")];
  const count = ticks.filter((tick) => tick.checked).length;
  all.checked = count > 0 && count === ticks.length;
  all.indeterminate = count > 0 && count < ticks.length;
  document.querySelector("[data-ticked]").textContent = count ? `${count} ticked` : "Tick all on this page";
  for (const button of document.querySelectorAll(".decide__acts button")) button.disabled = !count;
}

function overlay(compare) {
  const range = compare.querySelector("[type=range]");
  const picture = compare.querySelector(".compare__picture img");
  if (picture) measure(compare, picture);
  if (!range) return;
  compare.classList.add("compare--over");
  for (const control of compare.querySelectorAll("[data-compare-control]")) control.hidden = false;
  cut(range.value);
}

function cut(percent) {
  edge.replaceSync(`.compare--over .compare__after img { clip-path: inset(0 0 0 ${Number(percent)}%) }`);
}

// The regions are in pixels of the picture, whatever its size on the page.
function measure(compare, picture) {
  const regions = compare.querySelector(".compare__regions");
  if (!regions) return;
  const fit = () => regions.setAttribute("viewBox", `0 0 ${picture.naturalWidth} ${picture.naturalHeight}`);
  if (picture.complete) fit();
  else picture.addEventListener("load", fit);
}
