/** What may stand between thousands. */
export type Thousands = ',' | ' ' | "'";

const GROUPED: Readonly<Record<Thousands, RegExp>> = {
  ',': /^\s*[+-]?\d{1,3}(?:,\d{3})+(?:\.\d*)?\s*$/,
  ' ': /^\s*[+-]?\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?:\.\d*)?\s*$/,
  "'": /^\s*[+-]?\d{1,3}(?:['\u2019]\d{3})+(?:\.\d*)?\s*$/,
};
const NOT_OF_NUMBERS = /[^\d.+-]/g;

/** Takes the separators out of a number that has one between any thousands; anything else stays as it is. */
export const withoutThousands = (value: unknown, separator: Thousands): unknown =>
  typeof value === 'string' && GROUPED[separator].test(value) ? value.replaceAll(NOT_OF_NUMBERS, '') : value;

const WITH_SEPARATORS = /^\s*[+-]?\d[\d.]*(?:([,' \u00a0\u202f\u2019])[\d.]*)+\d\s*$/;

/** The character that keeps digits from being a number; undefined when it is not a separator that does so. */
export const separatorIn = (value: unknown): string | undefined =>
  typeof value === 'string' ? WITH_SEPARATORS.exec(value)?.[1] : undefined;
