import type { PersonalKind } from '../contracts/personal.ts';
import { normalisedEmail } from './email.ts';
import { normalisedIpAddress } from './ip-address.ts';
import { normalisedPhone } from './phone.ts';

/** Case and blanks tell nobody apart; accents do, so they stay. */
const plainText = (text: string): string =>
  text.normalize('NFC').toLowerCase().replaceAll('’', "'").trim().replaceAll(/\s+/g, ' ');

const postcode = (text: string): string =>
  text
    .normalize('NFKC')
    .toUpperCase()
    .replaceAll(/[\s-]+/g, '');

const address = (text: string): string => plainText(text.replaceAll(/[.,;]+/g, ' '));

/** The one spelling of a value from which its token is made, so that equal values of different sources match. */
export function normalised(kind: PersonalKind, value: string, country: string | null): string {
  switch (kind) {
    case 'email':
      return normalisedEmail(value);
    case 'phone':
      return normalisedPhone(value, country);
    case 'postcode':
      return postcode(value);
    case 'address':
      return address(value);
    case 'ip_address':
      return normalisedIpAddress(value);
    case 'name':
    case 'free_text':
      return plainText(value);
    case 'birth_date':
      return value;
  }
}

/**
 * The leading part of a postcode, which many share: the letters it begins with, else the first half of its digits.
 * `SW1A 1AA` is in `SW`, `10115` in `10`. Undefined where it begins with neither.
 *
 * @param code normalised
 */
export function postcodeArea(code: string): string | undefined {
  const [letters] = /^[A-Z]{1,3}/.exec(code) ?? [];
  if (letters !== undefined) return letters.length < code.length ? letters : undefined;
  const [digits = ''] = /^\d{2,10}/.exec(code) ?? [];
  return digits.slice(0, Math.floor(digits.length / 2)) || undefined;
}
