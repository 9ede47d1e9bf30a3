// Which click places the order? Told by the words on it, so that the stop point can be proposed right before it. The last such click counts.
// To teach it another language: a line in WORDS.

const WORDS = [
  /\b(?:place|submit|complete|confirm|finish|finali[sz]e|send)\b.{0,20}\b(?:order|purchase|booking)\b|\border (?:now|and pay)\b|\bbuy now\b|\bpay\b(?!pal\b)|\bpurchase\b/i,
  /zahlungspflichtig|kostenpflichtig|jetzt (?:kaufen|bestellen|bezahlen)|bestellung (?:abschicken|aufgeben|abschlie(?:ss|ß)en)/i,
  /passer (?:la |ma )?commande|valider (?:la |ma )?commande|confirmer (?:la |ma )?commande|payer\b/i,
  /realizar (?:el )?pedido|finalizar (?:la )?compra|pagar\b|confirmar (?:el )?pedido/i,
  /invia (?:l')?ordine|effettua (?:l')?ordine|conferma (?:l')?ordine|paga\b/i,
  /bestelling (?:plaatsen|afronden)|nu (?:kopen|betalen)|afrekenen en betalen/i,
];

const words = (step) => [step.target?.fingerprint.text, step.target?.fingerprint.name, ...(step.target?.selectors.map((chain) => chain.at(-1)) ?? [])].join(" ");

export function orderStep(steps) {
  const index = steps.findLastIndex((step) => step.action === "click" && WORDS.some((pattern) => pattern.test(words(step))));
  return index < 1 ? null : index;
}
