import countries from '../reference/countries.json' with { type: 'json' };

const CALLING_CODES: ReadonlyMap<string, string> = new Map(
  countries.map(({ country_code, calling_code }) => [country_code, calling_code.slice(1)]),
);

/** What callers within a country dial before a number, where that is not `0`; none where a `0` belongs to the number. */
const TRUNK_PREFIXES: Readonly<Record<string, string | undefined>> = {
  HU: '06',
  IT: undefined,
  KZ: '8',
  LT: '0',
  MX: undefined,
  RU: '8',
  SM: undefined,
  VA: undefined,
};

const LEAST_DIGITS = 7;
const MOST_DIGITS = 15;
/** A number that begins with its country's calling code has at least so many digits behind it. */
const NATIONAL_DIGITS = 9;

const WRITTEN_AS = /^\+?[\d\s()./-]{7,40}$/;

/** Whether a text can be a telephone number, national or international. */
export function isPhone(phone: string): boolean {
  if (!WRITTEN_AS.test(phone)) return false;
  const { length } = digitsOf(phone);
  return length >= LEAST_DIGITS && length <= MOST_DIGITS;
}

const digitsOf = (phone: string): string => phone.replaceAll(/\D+/g, '');

/**
 * One spelling of a number: E.164 where it is international or the country is known, else its digits; a text that is no
 * number as it is, without case and blanks.
 *
 * @param country ISO 3166 alpha-2 code
 */
export function normalisedPhone(phone: string, country: string | null): string {
  const text = phone.trim();
  // Some write the prefix of national calls into the international number: +44 (0)20 …
  const digits = digitsOf(/^(?:\+|00)/.test(text) ? text.replace('(0)', '') : text);
  if (!isPhone(text)) return text.normalize('NFC').toLowerCase().replaceAll(/\s+/g, ' ');
  if (text.startsWith('+')) return `+${digits}`;
  if (digits.startsWith('00')) return `+${digits.slice(2)}`;
  const code = CALLING_CODES.get(country ?? '');
  return code === undefined ? digits : `+${international(digits, code, country ?? '')}`;
}

function international(digits: string, code: string, country: string): string {
  const trunk = country in TRUNK_PREFIXES ? TRUNK_PREFIXES[country] : '0';
  if (digits.startsWith(code) && digits.length - code.length >= NATIONAL_DIGITS) return digits;
  return `${code}${trunk !== undefined && digits.startsWith(trunk) ? digits.slice(trunk.length) : digits}`;
}
