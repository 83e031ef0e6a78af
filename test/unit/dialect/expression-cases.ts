import { BINARY } from './cases/binary.ts';
import { CASTS } from './cases/casts.ts';
import { COLLECTIONS } from './cases/collections.ts';
import { DATES } from './cases/dates.ts';
import { JSON_CASES } from './cases/json.ts';
import { NUMBERS } from './cases/numbers.ts';
import { TEXT } from './cases/text.ts';

/** Expressions with the values and types that Trino's documentation and semantics give, by group. */
export const EXPRESSIONS = [
  ['numbers', NUMBERS],
  ['text', TEXT],
  ['binary', BINARY],
  ['dates', DATES],
  ['collections', COLLECTIONS],
  ['json', JSON_CASES],
  ['casts and conditions', CASTS],
] as const;
