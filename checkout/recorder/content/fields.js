// What a field is for, so that its value gets a name among the Test Data: `card.number`, `shipping.email`. Told by `autocomplete`, else by its label and name.
// To add one: a line in AUTOCOMPLETE (the words of the HTML standard) or in WORDS (a place and what labels say in some languages).
(() => {
  const recorder = globalThis.tracefoxRecorder;
  if (recorder.fields) return;
  const { attribute, tag } = recorder.elements;

  const CARD = { "cc-name": "name", "cc-given-name": "first_name", "cc-family-name": "last_name", "cc-number": "number", "cc-exp": "expiry", "cc-exp-month": "month", "cc-exp-year": "year", "cc-csc": "cvc", "cc-type": "type" };
  const AUTOCOMPLETE = {
    name: "name", "given-name": "first_name", "family-name": "last_name", "additional-name": "middle_name", email: "email", tel: "phone", "tel-national": "phone",
    organization: "company", "street-address": "address", "address-line1": "address", "address-line2": "address_2", "address-line3": "address_3",
    "address-level1": "state", "address-level2": "city", "postal-code": "postcode", country: "country", "country-name": "country", "honorific-prefix": "title",
  };
  const LOGIN = { username: "username", "current-password": "password", "new-password": "password", "one-time-code": "code" };
  const WORDS = [
    [/card.?(?:number|no\b|num\b)|cc.?(?:number|num)|pan\b|kartennummer|num[eé]ro de (?:la )?carte|n[uú]mero de (?:la )?tarjeta|kaartnummer/, "card.number"],
    [/\bcvc\b|\bcvv2?\b|\bcsc\b|security.?code|pr[uü]fziffer|sicherheitscode|cryptogramme/, "card.cvc"],
    [/(?:exp|expiry|expiration|valid|ablauf).{0,12}(?:month|monat|mm\b)|exp.?month/, "card.month"],
    [/(?:exp|expiry|expiration|valid|ablauf).{0,12}(?:year|jahr|yy)|exp.?year/, "card.year"],
    [/expir|exp.?date|\bexp\b|mm ?\/ ?yy|g[uü]ltig bis|ablaufdatum|date d.expiration|caducidad/, "card.expiry"],
    [/(?:name|holder).{0,8}card|card.?holder|karteninhaber|titulaire/, "card.name"],
    [/coupon|promo|voucher|discount|gutschein|rabatt|gift.?card|code.?promo|cup[oó]n/, "coupon.code"],
    [/pass(?:word|wort)|mot de passe|contrase/, "login.password"],
    [/user.?name|benutzer/, "login.username"],
    [/e.?mail|correo/, ".email"],
    [/first.?name|given|vorname|pr[eé]nom|fname\b/, ".first_name"],
    [/last.?name|surname|family|nachname|apellido|lname\b/, ".last_name"],
    [/full.?name|your name|^name\b|\bname$/, ".name"],
    [/phone|telefon|mobile|t[eé]l[eé]phone|\btel\b/, ".phone"],
    [/company|organi[sz]ation|firma|entreprise/, ".company"],
    [/(?:address|adresse|line|street).{0,8}2|apartment|suite|apt\b/, ".address_2"],
    [/address|adresse|street|stra(?:ss|ß)e|direcci[oó]n|line.?1|\brue\b/, ".address"],
    [/post.?code|postal|\bzip|\bplz\b|postleitzahl|line4_zip/, ".postcode"],
    [/city|town|\bort\b|stadt|ville|ciudad|line4\b/, ".city"],
    [/country|\bland\b|pays|pa[ií]s/, ".country"],
    [/state|province|region|county|bundesland/, ".state"],
    [/quantity|\bqty\b|menge|anzahl|quantit/, "cart.quantity"],
    [/note|comment|message|instruction|bemerkung/, "order.note"],
    [/search|suche|recherche/, "search.words"],
  ];

  // Is it the number of a payment card? Then only a published test number may be typed.
  const isCardNumber = (element) => propose(element) === "card.number";

  function propose(element) {
    const tokens = attribute(element, "autocomplete").toLowerCase().split(/\s+/).filter(Boolean);
    const known = tokens.at(-1) ?? "";
    if (CARD[known]) return `card.${CARD[known]}`;
    if (LOGIN[known]) return `login.${LOGIN[known]}`;
    const place = tokens.includes("billing") || (!tokens.includes("shipping") && isBilling(element)) ? "billing" : "shipping";
    if (AUTOCOMPLETE[known]) return `${place}.${AUTOCOMPLETE[known]}`;
    return byWords(element, place) ?? `field.${slug(recorder.names.label(element)) || slug(attribute(element, "name")) || slug(attribute(element, "id")) || tag(element)}`;
  }

  function byWords(element, place) {
    if (element.type === "password") return "login.password";
    const said = ["name", "id"].map((name) => attribute(element, name).replace(/([a-z])([A-Z])/g, "$1 $2").replace(/[_\-[\].]+/g, " ").trim());
    for (const words of [recorder.names.label(element), ...said, attribute(element, "placeholder")].map((each) => each.toLowerCase())) {
      const found = words && WORDS.find(([pattern]) => pattern.test(words));
      if (found) return found[1].startsWith(".") ? place + found[1] : found[1];
    }
    if (element.type === "email") return `${place}.email`;
    return element.type === "tel" && !/card/i.test(attribute(element, "name")) ? `${place}.phone` : null;
  }

  const isBilling = (element) => /billing|invoice|rechnung/i.test(`${attribute(element, "name")} ${attribute(element, "id")}`);

  // A name of Test Data is small letters, digits and _, and begins with a letter.
  function slug(words) {
    const plain = words.normalize("NFKD").toLowerCase().replace(/[^a-z0-9]+/g, "_").replace(/^[^a-z]+|_+$/g, "");
    return plain.slice(0, 30).replace(/_+$/, "");
  }

  recorder.fields = { isCardNumber, propose };
})();
