// The pages about checkout tests, beyond htmx: a form shows the fields that count, arrow keys move a step, a list of test numbers fills its field.
// Pages work without this file: every field is there then, and every button.

document.addEventListener("change", (event) => {
  const form = event.target.closest("[data-uses]");
  if (form && event.target.matches("[name=action], [name=kind]")) show(form);
  const list = event.target.closest("[data-fills]");
  if (list?.value) document.getElementById(list.dataset.fills).value = list.value;
});

document.addEventListener("keydown", (event) => {
  if (!event.altKey || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
  const row = event.target.closest("[data-steps] > li");
  const button = row?.querySelector(event.key === "ArrowUp" ? "[data-up]" : "[data-down]");
  if (!button) return;
  event.preventDefault();
  if (!button.disabled) button.click();
});

for (const form of document.querySelectorAll("[data-uses]")) show(form);

function show(form) {
  const kind = form.querySelector("[name=kind]").value;
  const action = form.querySelector("[name=action]")?.value ?? "assert";
  for (const part of form.querySelectorAll("[data-for-kinds]")) {
    const counts = part.dataset.forActions.split(" ").includes(action) || (action === "assert" && part.dataset.forKinds.split(" ").includes(kind));
    part.hidden = !counts;
  }
}
