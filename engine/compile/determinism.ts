import { parseQueryText } from '../dialect/index.ts';
import type { Column } from '../model.ts';
import { compileError } from './errors.ts';
import type { Statement, Token } from './syntax.ts';

/** Functions whose result differs from call to call, so that a rebuild would not give the same rows. */
const RANDOM: ReadonlySet<string> = new Set(['random', 'rand', 'uuid', 'shuffle', 'now']);
/** Words that mean the clock, the session or its user. */
const AMBIENT: ReadonlySet<string> = new Set(['current_time', 'localtime', 'localtimestamp', 'current_user']);

/** Words that mean the run's logical date. */
const LOGICAL: ReadonlySet<string> = new Set(['current_date', 'current_timestamp']);

/** Throws `not_deterministic` at the first word that would make a rebuild differ. */
export function refuseNonDeterminism({ tokens, placeOf }: Statement): void {
  tokens.forEach((token, index) => {
    const word = wordOf(token);
    const isCall = tokens[index + 1]?.text === '(' && tokens[index - 1]?.text !== '.';
    if (!AMBIENT.has(word) && !(RANDOM.has(word) && isCall)) return;
    throw compileError(
      'not_deterministic',
      placeOf(token.start),
      `${word} would give other rows on each build`,
      word === 'now' || word.startsWith('local') || word === 'current_time'
        ? 'Use current_date or current_timestamp: they mean the run’s logical date.'
        : 'Derive the value from the data, for example by a hash of the key.',
    );
  });
}

/** The first word that means the run's logical date. */
export const logicalDateIn = ({ tokens }: Pick<Statement, 'tokens'>): Token | undefined =>
  tokens.find((token) => LOGICAL.has(wordOf(token)));

/** Whether a SELECT uses the logical date for more than the output columns that only record the run. */
export function datesBesides(sql: string, columns: readonly Pick<Column, 'recordsRun'>[]): boolean {
  const query = parseQueryText(sql);
  const { body } = query;
  if (body.kind !== 'select') return hasLogicalDate(query);
  const items = body.items.filter((_item, index) => columns[index]?.recordsRun !== true);
  return hasLogicalDate({ ...query, body: { ...body, items } });
}

function hasLogicalDate(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return ('kind' in value && value.kind === 'current') || Object.values(value).some(hasLogicalDate);
}

const wordOf = ({ text, isString, isQuoted }: Token): string => (isString || isQuoted ? '' : text.toLowerCase());
