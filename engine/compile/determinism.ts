import { compileError } from './errors.ts';
import type { Statement, Token } from './syntax.ts';

/** Functions whose result differs from call to call, so that a rebuild would not give the same rows. */
const RANDOM: ReadonlySet<string> = new Set(['random', 'rand', 'uuid', 'shuffle', 'now']);
/** Words that mean the clock, the session or its user. */
const AMBIENT: ReadonlySet<string> = new Set(['current_time', 'localtime', 'localtimestamp', 'current_user']);

/** What the logical date's words become in DuckDB, where each connection sets the variable. */
const LOGICAL: ReadonlyMap<string, string> = new Map([
  ['current_date', "cast(getvariable('as_of') as date)"],
  ['current_timestamp', "cast(getvariable('as_of') as timestamp)"],
]);

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

export const usesLogicalDate = ({ tokens }: Pick<Statement, 'tokens'>): boolean =>
  tokens.some((token) => LOGICAL.has(wordOf(token)));

/** The same SELECT with the run's logical date in place of `current_date` and `current_timestamp`. */
export function withLogicalDate({ sql, tokens }: Pick<Statement, 'sql' | 'tokens'>): string {
  const characters = [...sql];
  let end = 0;
  let result = '';
  for (const token of tokens) {
    const replacement = LOGICAL.get(wordOf(token));
    if (replacement === undefined) continue;
    result += characters.slice(end, token.start).join('') + replacement;
    end = token.end;
  }
  return result + characters.slice(end).join('');
}

const wordOf = ({ text, isString, isQuoted }: Token): string => (isString || isQuoted ? '' : text.toLowerCase());
