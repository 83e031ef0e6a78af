const LONGEST = 254;
const LOCAL = /^[\p{L}\p{N}!#$%&'*+/=?^_`{|}~-]{1,64}$/u;
const LABEL = /^[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?$/u;
const TOP_LABEL = /^(?:\p{L}{2,63}|xn--[a-z0-9-]{1,59})$/u;

/** One spelling of an address. Dots and plus tags stay: what they mean is up to each provider. */
export const normalisedEmail = (email: string): string => email.normalize('NFC').trim().toLowerCase();

const isDomain = (domain: string): boolean => {
  const labels = domain.split('.');
  return labels.length >= 2 && labels.every((label) => LABEL.test(label)) && TOP_LABEL.test(labels.at(-1) ?? '');
};

/** Dots part the words of a local part; none may be empty. */
const isLocalPart = (local: string): boolean =>
  local.length <= 64 && local.split('.').every((word) => LOCAL.test(word));

/**
 * The domain of an address as mail servers take it; undefined when it is no such address.
 *
 * @param email normalised
 */
export function emailDomain(email: string): string | undefined {
  const at = email.lastIndexOf('@');
  if (at < 1 || email.length > LONGEST) return undefined;
  const domain = email.slice(at + 1);
  return isDomain(domain) && isLocalPart(email.slice(0, at)) ? domain : undefined;
}
