// What every page needs beyond htmx: menus that close, a key that leads to the filter, a copy button, a question before something is removed, and forms
// that are sent once.
// Each is tied to an attribute in the markup; pages work without this file.

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
  const copier = event.target.closest("[data-copy]");
  if (copier) copy(copier);
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    const menu = document.querySelector("details.menu[open]");
    if (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  }
  const typing = event.target.closest("input, select, textarea, [contenteditable]");
  const filter = document.querySelector("[data-filter]");
  if (event.key === "/" && !typing && filter && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    filter.focus();
    filter.select();
  }
});

document.addEventListener("submit", (event) => {
  const question = event.submitter?.dataset.ask ?? event.target.dataset.ask;
  if (question && !window.confirm(question)) event.preventDefault();
  const form = event.target;
  if (form.matches("[data-once]") && !event.defaultPrevented) {
    // The button stays on: a browser sends the name of one that works only. Who stopped the first sending may try again.
    if (Date.now() - Number(form.dataset.sent ?? 0) < 5000) event.preventDefault();
    form.dataset.sent = Date.now();
  }
});

// Who comes back to a page by the browser's button may send its form again.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("[data-sent]")) delete form.dataset.sent;
});

// On a narrow screen the chosen tab may stand outside of the row that scrolls.
document.querySelector(".tabs [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });

async function copy(button) {
  const source = document.getElementById(button.dataset.copy);
  const label = button.querySelector("[data-label]") ?? button;
  const before = label.textContent;
  try {
    await navigator.clipboard.writeText(source.value ?? source.textContent);
    label.textContent = "Copied";
  } catch {
    source.select?.();
    label.textContent = "Press Ctrl+C";
  }
  setTimeout(() => (label.textContent = before), 2000);
}
