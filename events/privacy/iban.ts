/** The shortest and the longest account numbers of all countries. */
const SHORTEST = 15;
const LONGEST = 34;
const HEADER = 4;
/** One text in 97 has the right check digits by chance; words have no digits. */
const LEAST_DIGITS = 6;
const START = /[A-Za-z]{2}\d{2}/g;
const WORD = /[\p{L}\p{N}]/u;

/** What a digit or letter counts: 0–9, A = 10 to Z = 35; undefined for anything else. */
function digitOf(character: string | undefined): number | undefined {
  if (character === undefined || !/^[0-9A-Za-z]$/.test(character)) return undefined;
  return Number.parseInt(character, 36);
}

const appended = (remainder: number, value: number): number => (remainder * (value > 9 ? 100 : 10) + value) % 97;

/** The end of the longest valid account number that begins at `start`; undefined when there is none. */
function endOfIban(text: string, start: number): number | undefined {
  const header = [2, 3, 0, 1].map((at) => digitOf(text[start + at]) ?? 0);
  const country = header.slice(2);
  const check = header.slice(0, 2);
  let end: number | undefined;
  let remainder = 0;
  let length = HEADER;
  let digits = 0;
  for (let at = start + HEADER; length < LONGEST; at++) {
    // Groups may be parted by single blanks.
    if (text[at] === ' ' && text[at - 1] !== ' ') continue;
    const value = digitOf(text[at]);
    if (value === undefined) break;
    remainder = appended(remainder, value);
    length++;
    if (value < 10) digits++;
    const isEnough = length >= SHORTEST && digits >= LEAST_DIGITS && !WORD.test(text[at + 1] ?? '');
    if (isEnough && [...country, ...check].reduce(appended, remainder) === 1) end = at + 1;
  }
  return end;
}

/** Puts a label in the place of international bank account numbers, which their check digits tell from other texts. */
export function redactIbans(text: string, label: string): string {
  let redacted = '';
  let done = 0;
  START.lastIndex = 0;
  for (let match = START.exec(text); match; match = START.exec(text)) {
    const isWordStart = match.index === 0 || !WORD.test(text[match.index - 1] ?? '');
    const end = isWordStart ? endOfIban(text, match.index) : undefined;
    if (end === undefined) continue;
    redacted += text.slice(done, match.index) + label;
    done = end;
    START.lastIndex = end;
  }
  return redacted + text.slice(done);
}
