import type { Call, Expression } from '../../dialect/ast.ts';
import { parseQueryText } from '../../dialect/index.ts';
import { tablesIn } from '../../dialect/tables.ts';

type Current = Extract<Expression, { kind: 'current' }>;
type Moment = Pick<Current, 'what' | 'precision' | 'at'>;

/** A part of the text and what stands in its place. */
interface Replacement {
  readonly at: number;
  readonly length: number;
  readonly by: string;
}

const NAME = /(?:"(?:[^"]|"")*"|[\w$]+)(?:\s*\.\s*(?:"(?:[^"]|"")*"|[\w$]+))*/y;
const CURRENT = /\w+(?:\s*\(\s*\d*\s*\))?/y;

/** The names `database.table` that a query reads, in lower case. */
export const tablesOf = (sql: string): ReadonlySet<string> =>
  new Set(tablesIn(parseQueryText(sql)).map(({ name }) => fullName(name.parts)));

const fullName = (parts: readonly string[]): string =>
  parts
    .slice(-2)
    .map((part) => part.toLowerCase())
    .join('.');

/**
 * A query over other tables than it names, on another day than today: `names` gives the table for each `database.table`,
 * `asOf` (`yyyy-mm-dd`, midnight UTC) is what `current_date` and its kin mean. Everything else stays as it is written.
 */
export function rewrite(sql: string, names: ReadonlyMap<string, string>, asOf: string): string {
  const query = parseQueryText(sql);
  const tables = tablesIn(query).flatMap(({ name }): readonly Replacement[] => {
    const by = names.get(fullName(name.parts));
    return by === undefined ? [] : [{ at: name.at, length: lengthAt(sql, NAME, name.at), by }];
  });
  const moments = currentIn(query).map((node) => ({
    at: node.at,
    length: lengthAt(sql, CURRENT, node.at),
    by: momentOf(node, asOf),
  }));
  const last = [...tables, ...moments].sort((one, other) => other.at - one.at);
  return last.reduce((text, { at, length, by }) => text.slice(0, at) + by + text.slice(at + length), sql);
}

function lengthAt(sql: string, pattern: RegExp, at: number): number {
  pattern.lastIndex = at;
  return pattern.exec(sql)?.[0].length ?? 0;
}

/** Every `current_date` and its kin; `now()` is another name of `current_timestamp`. */
function currentIn(node: unknown): readonly Moment[] {
  if (typeof node !== 'object' || node === null) return [];
  const own = isCurrent(node) ? [node] : isNow(node) ? [{ what: 'timestamp', at: node.at } as const] : [];
  return [...own, ...Object.values(node).flatMap(currentIn)];
}

const isCurrent = (node: object): node is Current => 'kind' in node && node.kind === 'current';
const isNow = (node: object): node is Call =>
  'kind' in node && node.kind === 'call' && 'name' in node && node.name === 'now';

function momentOf({ what, precision = 3 }: Moment, asOf: string): string {
  const midnight = `00:00:00${precision === 0 ? '' : `.${'0'.repeat(precision)}`}`;
  switch (what) {
    case 'date':
      return `date '${asOf}'`;
    case 'timestamp':
      return `timestamp '${asOf} ${midnight} UTC'`;
    case 'localtimestamp':
      return `timestamp '${asOf} ${midnight}'`;
    case 'time':
    case 'localtime':
      return `time '${midnight}'`;
    default:
      return `current_${what}`;
  }
}

/** The query as a subquery of one line of its own, whatever comment or semicolon it ends with. */
export const nested = (sql: string): string => `(\n${endless(sql)}\n)`;

/** Without what closes a statement. */
export const endless = (sql: string): string => sql.replace(/[;\s]+$/, '');
