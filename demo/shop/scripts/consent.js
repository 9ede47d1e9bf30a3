// Imitates a consent platform: fetches its configuration, shows a banner, tells Consent Mode what is granted without an answer.
(() => {
  const group = document.currentScript.dataset.cbid;
  window.Cookiebot = {
    hasResponse: false,
    consented: false,
    dialog: { visible: false },
    configured(words) {
      const show = () => {
        document.body.append(banner(words));
        this.dialog.visible = true;
      };
      document.body ? show() : addEventListener("DOMContentLoaded", show);
      setTimeout(() => window.gtag?.("consent", "update", { functionality_storage: "granted", security_storage: "granted" }), 250);
    },
  };

  const banner = (words) => {
    const dialog = document.createElement("div");
    dialog.id = "CybotCookiebotDialog";
    dialog.setAttribute("role", "dialog");
    dialog.setAttribute("aria-label", words.title);
    const say = (tag, text, id) => {
      const element = document.createElement(tag);
      element.textContent = text;
      if (id) element.id = id;
      return element;
    };
    const buttons = document.createElement("div");
    buttons.append(
      say("button", words.decline, "CybotCookiebotDialogBodyButtonDecline"),
      say("button", words.accept, "CybotCookiebotDialogBodyLevelButtonLevelOptinAllowAll"),
    );
    dialog.append(say("h2", words.title), say("p", words.text), buttons);
    const answer = (granted) => {
      const signal = granted ? "granted" : "denied";
      document.cookie = `CookieConsent=${signal}; path=/; max-age=31536000; secure; samesite=lax`;
      window.gtag?.("consent", "update", { ad_storage: signal, analytics_storage: signal, ad_user_data: signal, ad_personalization: signal });
      window.Cookiebot.hasResponse = true;
      window.Cookiebot.dialog.visible = false;
      dialog.remove();
    };
    buttons.firstChild.addEventListener("click", () => answer(false));
    buttons.lastChild.addEventListener("click", () => answer(true));
    return dialog;
  };

  const configuration = document.createElement("script");
  configuration.src = `https://consent.cookiebot.com/${group}/cc.js?renew=false&culture=en`;
  document.head.append(configuration);
})();
