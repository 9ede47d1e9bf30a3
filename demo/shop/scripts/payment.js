// Imitates a payment vendor's library: device ids in cookies, a frame for fraud signals, and a card field in a frame of the vendor's.
(() => {
  const keep = (name, seconds) => {
    document.cookie = `${name}=${crypto.randomUUID()}; path=/; max-age=${seconds}; secure; samesite=strict`;
  };
  keep("__stripe_mid", 31536000);
  keep("__stripe_sid", 1800);

  const mount = (url, title, place, size) => {
    const frame = document.createElement("iframe");
    Object.assign(frame, { src: url, title });
    frame.style.cssText = size;
    place.append(frame);
    return frame;
  };

  window.Stripe = (key) => ({
    elements: () => ({
      create: () => ({
        mount(selector) {
          const place = document.querySelector(selector);
          this.frame = mount(`https://js.stripe.com/v3/elements-inner-card.html#${key}`, "Card", place, "width:100%;height:152px;border:0");
        },
      }),
    }),
    createToken: (card) =>
      new Promise((done) => {
        addEventListener("message", (message) => {
          if (message.origin === "https://js.stripe.com" && message.data.payment) done(message.data.payment);
        });
        card.frame.contentWindow.postMessage({ tokenise: key }, "https://js.stripe.com");
      }),
  });
  const signals = () => mount("https://m.stripe.network/inner.html", "Signals", document.body, "display:none");
  document.body ? signals() : addEventListener("DOMContentLoaded", signals);
})();
