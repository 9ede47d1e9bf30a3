// Real payment cards never enter: the same judgement as the server's (`checkout/cards.py`), over the same table (`testcards.json`, made from the server's).
// A number is found through spaces, dashes, dots and digits of any script; what is found is never repeated in a sentence.

export const REAL = "What was typed holds a number that could be a real payment card. It was not recorded. Type a published test number of your payment processor.";
export const UNKNOWN = "This field takes the number of a card, and what was typed is no published test number. It was not recorded. Type a test number of your payment processor.";

const SHORTEST = 13, LONGEST = 19;
const BETWEEN = "[\\s\\-._+\\u00ad\\u00b7\\u058a\\u1680\\u180e\\u2000-\\u2015\\u202f\\u205f\\u2060\\u2212\\u2e3a\\u2e3b\\u3000\\ufe58\\ufe63\\ufeff\\uff0d\\uff0e\\uff3f]";
const RUN = new RegExp(`(?<!\\p{Nd})\\p{Nd}(?:${BETWEEN}{0,3}\\p{Nd}){${SHORTEST - 1},}`, "gu");
const WHOLE = new RegExp(`^\\p{Nd}(?:${BETWEEN}{0,3}\\p{Nd}){11,18}$`, "u");
const UUID = /(?<![0-9A-Za-z])[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}(?![0-9A-Za-z])/g;
const IBAN = /(?<![0-9A-Za-z])[A-Z]{2}[0-9]{2}(?:[0-9A-Z]{11,30}|(?: [0-9A-Z]{4}){2,7}(?: [0-9A-Z]{1,4})?)(?![0-9A-Za-z])/g;

export function read({ numbers, schemes }) {
  return { numbers: new Set(numbers), ranges: schemes.flatMap(({ ranges, lengths }) => ranges.map(([first, last]) => ({ first, last, lengths }))) };
}

// A sentence if this may not be typed into a test; else nothing.
export function judge(value, { isCardNumber }, cards) {
  if (isCardNumber && value.trim() && !isTestNumber(value, cards)) return digitsOf(value).length >= 12 && realNumberIn(value, cards) ? REAL : UNKNOWN;
  return realNumberIn(value, cards) ? REAL : "";
}

export const isTestNumber = (text, cards) => WHOLE.test(text.trim()) && cards.numbers.has(digitsOf(text));

export function realNumberIn(text, cards) {
  const whole = withoutOtherForms(/%[0-9A-F]{2}/i.test(text) ? `${text}\n\n\n\n${unquoted(text)}` : text);
  for (const found of whole.matchAll(RUN)) if (holdsACard(found[0], { isPhone: whole[found.index - 1] === "+" }, cards)) return true;
  return false;
}

function holdsACard(run, { isPhone }, cards) {
  const digits = digitsOf(run);
  const { starts, ends } = groups(run);
  if (starts.length === 1 && (digits.length < SHORTEST || digits.length > LONGEST)) return false;
  const taken = listed(digits, starts, ends, cards);
  return starts.some((start) =>
    lengths(digits.slice(start, start + 4), cards).some((length) => {
      const end = start + length, number = digits.slice(start, end);
      if (!ends.has(end) || taken.some(([from, to]) => from < end && start < to)) return false;
      return luhn(number) && !isNoCard(number, isPhone && start === 0);
    }),
  );
}

// Which digits belong to a published test number: they are not looked at again.
function listed(digits, starts, ends, cards) {
  const found = [];
  for (const start of starts) for (let length = 12; length <= LONGEST; length += 1) if (ends.has(start + length) && cards.numbers.has(digits.slice(start, start + length))) found.push([start, start + length]);
  return found;
}

// Where groups of digits begin and end, counted in digits alone.
function groups(run) {
  const starts = [], ends = new Set();
  let at = 0;
  for (const [group] of run.matchAll(/\p{Nd}+/gu)) {
    starts.push(at);
    at += [...group].length;
    ends.add(at);
  }
  return { starts, ends };
}

function lengths(first, cards) {
  const number = Number(first);
  return first.length < 4 ? [] : cards.ranges.filter((range) => range.first <= number && number <= range.last).flatMap((range) => range.lengths);
}

function luhn(number) {
  const sum = [...number].reverse().reduce((total, digit, place) => total + (place % 2 ? (2 * digit > 9 ? 2 * digit - 9 : 2 * digit) : Number(digit)), 0);
  return sum % 10 === 0;
}

// A telephone number behind a plus, or an article number: thirteen digits where no card has been issued for decades.
function isNoCard(number, isPhone) {
  if (isPhone && number.length <= 14) return true;
  const weighted = [...number].reduce((total, digit, place) => total + digit * (place % 2 ? 3 : 1), 0);
  return number.length === 13 && number[0] !== "4" && weighted % 10 === 0;
}

export function digitsOf(text) {
  return (text.match(/\p{Nd}/gu) ?? []).map((letter) => (letter >= "0" && letter <= "9" ? letter : String(decimal(letter.codePointAt(0))))).join("");
}

// The digits of every script stand in rows of ten, from zero on.
function decimal(code) {
  let before = 0;
  while (/\p{Nd}/u.test(String.fromCodePoint(code - before - 1))) before += 1;
  return before % 10;
}

const withoutOtherForms = (text) => text.replace(UUID, "uuid").replace(IBAN, (found) => (isIban(found) ? "iban" : found));

function isIban(text) {
  const plain = text.replaceAll(" ", "");
  if (plain.length < 15 || plain.length > 34) return false;
  const number = [...(plain.slice(4) + plain.slice(0, 4))].map((letter) => parseInt(letter, 36)).join("");
  return [...number].reduce((rest, digit) => (rest * 10 + Number(digit)) % 97, 0) === 1;
}

function unquoted(text) {
  return text.replace(/(?:%[0-9A-F]{2})+/gi, (bytes) => new TextDecoder().decode(Uint8Array.from(bytes.slice(1).split("%"), (each) => parseInt(each, 16))));
}
