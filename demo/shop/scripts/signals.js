// Runs in the payment vendor's hidden frame: sends what it makes of this browser.
(() => {
  const signals = JSON.stringify({ languages: navigator.languages, cores: navigator.hardwareConcurrency });
  fetch("https://m.stripe.com/6", { method: "POST", mode: "no-cors", credentials: "include", body: btoa(signals) }).catch(() => {});
})();
