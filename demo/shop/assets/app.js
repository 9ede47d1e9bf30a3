// The basket and the stock counter.
import { basket } from "./basket.js";

document.querySelectorAll("[data-basket]").forEach((element) => (element.textContent = String(basket.size)));

const stock = new Worker("/assets/stock.js");
stock.onmessage = ({ data }) => {
  for (const [product, left] of Object.entries(data)) {
    document.querySelectorAll(`[data-stock="${product}"]`).forEach((element) => (element.textContent = left));
  }
};

const rates = new Worker(URL.createObjectURL(new Blob([`fetch("${location.origin}/api/rates.json").then((reply) => reply.json()).then(postMessage)`])));
rates.onmessage = ({ data }) => (document.documentElement.dataset.rates = data.day);

const row = document.querySelector("[data-row]");
if (row && window.Carousel) new window.Carousel(row);

navigator.serviceWorker?.register("/sw.js").catch(() => {});
