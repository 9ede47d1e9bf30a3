// The consent platform's configuration for this shop.
window.Cookiebot.configured({
  title: "A word about cookies",
  text: "We use cookies to keep your basket, to count visits and, if you agree, to show you our coffee elsewhere. You can change your mind at any time.",
  decline: "Only what is necessary",
  accept: "Allow all",
});
