import { isIPv4, isIPv6 } from 'node:net';
import type { PersonalKind } from '../contracts/personal.ts';
import { redactIbans } from './iban.ts';

/** A personal value of the record that a text belongs to. */
export interface KnownValue {
  readonly kind: PersonalKind;
  readonly value: string;
}

const LABELS: Readonly<Record<PersonalKind, string>> = {
  email: '[email]',
  phone: '[phone]',
  name: '[name]',
  address: '[address]',
  postcode: '[postcode]',
  birth_date: '[birth date]',
  ip_address: '[ip]',
  free_text: '',
};

/**
 * A text without what tells who it is about: e-mail addresses, numbers of bank accounts, cards and telephones, internet
 * addresses, and the personal values of its record. Takes time in proportion to the text, whatever it holds.
 */
export function redact(text: string, known: readonly KnownValue[]): string {
  return redactKnown(redactNumbers(redactIps(redactIbans(redactEmails(text), '[iban]'))), known);
}

/** What may stand on either side of the `@`. */
const isAddressPart = (character: string): boolean => !/[\s<>()[\]{},;:"'|\\@]/.test(character);
const LONGEST_SIDE = 254;

function redactEmails(text: string): string {
  let redacted = '';
  let done = 0;
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
    let start = at;
    while (start > done && at - start < LONGEST_SIDE && isAddressPart(text[start - 1] ?? '')) start--;
    let end = at + 1;
    while (end < text.length && end - at <= LONGEST_SIDE && isAddressPart(text[end] ?? '')) end++;
    while (end > at + 1 && /[.!?]/.test(text[end - 1] ?? '')) end--;
    if (start === at || end === at + 1) continue;
    redacted += `${text.slice(done, start)}${LABELS.email}`;
    done = end;
    at = end - 1;
  }
  return redacted + text.slice(done);
}

/** Bounded repetitions only: each start is given up after a few characters. */
const IPV4 = /(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.]?\d)/g;
const IPV6 = /(?<![\w:])[\da-f]{0,4}(?::[\da-f]{0,4}){2,7}(?![\w:])/gi;

const redactIps = (text: string): string =>
  text
    .replaceAll(IPV4, (found) => (isIPv4(found) ? LABELS.ip_address : found))
    .replaceAll(IPV6, (found) => (isIPv6(found) ? LABELS.ip_address : found));

const LEAST_DIGITS = 7;
const MOST_PHONE_DIGITS = 15;
/** Between two digits of one number. */
const SEPARATORS = /^[ \u00a0().\-/]{0,3}$/;
const ISO_DATE = /^\d{4}-\d{2}-\d{2}$/;

/** Any seven digits with no more than a few separators between them may be the number of a telephone or a card. */
function redactNumbers(text: string): string {
  let redacted = '';
  let done = 0;
  let number: { start: number; end: number; digits: string } | undefined;
  const endNumber = (): void => {
    if (number === undefined || number.digits.length < LEAST_DIGITS) return;
    const label = labelOf(text.slice(number.start, number.end), number.digits);
    if (label === undefined) return;
    const start = /[+(]/.test(text[number.start - 1] ?? '') ? number.start - 1 : number.start;
    redacted += text.slice(done, Math.max(done, start)) + label;
    done = number.end;
  };
  for (const { 0: digits, index } of text.matchAll(/\d+/g)) {
    const end = index + digits.length;
    if (number && index - number.end <= 3 && SEPARATORS.test(text.slice(number.end, index))) {
      number = { start: number.start, end, digits: number.digits + digits };
    } else {
      endNumber();
      number = { start: index, end, digits };
    }
  }
  endNumber();
  return redacted + text.slice(done);
}

function labelOf(written: string, digits: string): string | undefined {
  if (ISO_DATE.test(written)) return undefined;
  if (digits.length >= 13 && digits.length <= 19 && isLuhn(digits)) return '[card]';
  return digits.length <= MOST_PHONE_DIGITS ? LABELS.phone : '[number]';
}

/** The check digit of payment cards. */
function isLuhn(digits: string): boolean {
  let sum = 0;
  for (let at = 0; at < digits.length; at++) {
    const digit = Number(digits[digits.length - 1 - at]);
    const doubled = at % 2 === 0 ? digit : 2 * digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

const WORD = /[\p{L}\p{M}\p{N}]+/gu;
/** Shorter words of a name are left alone: too many texts hold them for another reason. */
const LEAST_NAME_LETTERS = 3;
/** Longer values are found by their beginning. */
const MOST_WORDS = 8;

const PLAIN = /^[A-Za-z0-9]+$/;

/** Neither case nor accents make a difference to who is meant. */
const folded = (word: string): string =>
  (PLAIN.test(word) ? word : word.normalize('NFD').replaceAll(/\p{M}+/gu, '')).toLowerCase();

interface Needle {
  readonly words: readonly string[];
  readonly label: string;
}

const wordsOf = (value: string): string[] => (value.match(WORD) ?? []).map(folded);

function needlesOf({ kind, value }: KnownValue): readonly Needle[] {
  const label = LABELS[kind];
  const words = wordsOf(value).slice(0, MOST_WORDS);
  const whole = { words, label };
  if (kind === 'name') {
    // O’Neill is also written Oneill.
    const joined = value.split(/\s+/).map((part) => wordsOf(part).join(''));
    const single = [...words, ...joined].filter((word) => word.length >= LEAST_NAME_LETTERS);
    return [...(words.length > 1 ? [whole] : []), ...single.map((word) => ({ words: [word], label }))];
  }
  if (kind === 'address') {
    const parts = value.split(/[,;\n]/).map((part) => wordsOf(part).slice(0, MOST_WORDS));
    return [whole, ...parts.filter((part) => part.length > 1).map((part) => ({ words: part, label }))];
  }
  return words.length > 0 ? [whole] : [];
}

/** Replaces the record's own values, word by word. */
function redactKnown(text: string, known: readonly KnownValue[]): string {
  const needles = new Map<string, Needle[]>();
  for (const needle of known.flatMap(needlesOf)) {
    const [first = ''] = needle.words;
    needles.set(first, [...(needles.get(first) ?? []), needle]);
  }
  if (needles.size === 0) return text;
  const found = [...text.matchAll(WORD)];
  const words = found.map(([word]) => folded(word));
  let redacted = '';
  let done = 0;
  for (let at = 0; at < words.length; at++) {
    const matching = needles.get(words[at] ?? '')?.filter((needle) => beginsAt(needle, words, at)) ?? [];
    const longest = matching.reduce<Needle | undefined>(
      (best, needle) => (best && best.words.length >= needle.words.length ? best : needle),
      undefined,
    );
    if (longest === undefined) continue;
    const last = found[at + longest.words.length - 1];
    redacted += text.slice(done, found[at]?.index) + longest.label;
    done = (last?.index ?? 0) + (last?.[0].length ?? 0);
    at += longest.words.length - 1;
  }
  return redacted + text.slice(done);
}

const beginsAt = ({ words }: Needle, text: readonly string[], at: number): boolean =>
  words.every((word, offset) => text[at + offset] === word);
