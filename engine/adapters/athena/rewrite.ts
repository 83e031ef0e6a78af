import type { Call, Expression, Query, Relation } from '../../dialect/ast.ts';
import { parseQueryText } from '../../dialect/index.ts';
import { nameLength } from '../../dialect/name-length.ts';
import { tablesIn } from '../../dialect/tables.ts';

type Node = Expression | Relation;
type Aliased = Extract<Relation, { kind: 'aliased' }>;
type Field = Extract<Expression, { kind: 'field' }>;
type Current = Extract<Expression, { kind: 'current' }>;
type Moment = Pick<Current, 'what' | 'precision' | 'at'>;

/** A part of the text and what stands in its place. */
interface Replacement {
  readonly at: number;
  readonly length: number;
  readonly by: string;
}

const TWO_NAMES = /(?:"(?:[^"]|"")*"|[\w$]+)\s*\.\s*(?:"(?:[^"]|"")*"|[\w$]+)/y;
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
  const aliased = new Set(nodesIn(query, isAliased).map(({ relation }) => relation));
  const tables = tablesIn(query).flatMap((table): readonly Replacement[] => {
    const { parts, at } = table.name;
    const by = names.get(fullName(parts));
    if (by === undefined) return [];
    // Columns may be qualified by the name that the table had.
    const alias = aliased.has(table) ? '' : ` as ${quoted(parts.at(-1) ?? '')}`;
    return [{ at, length: nameLength(sql, at), by: `${by}${alias}` }];
  });
  const qualified = nodesIn(query, isField).flatMap(({ base, name }): readonly Replacement[] => {
    if (base.kind !== 'name' || !names.has(fullName([base.name, name]))) return [];
    return [{ at: base.at, length: lengthAt(sql, TWO_NAMES, base.at), by: quoted(name) }];
  });
  const moments = momentsIn(query).map((node) => ({
    at: node.at,
    length: lengthAt(sql, CURRENT, node.at),
    by: momentOf(node, asOf),
  }));
  const last = [...tables, ...qualified, ...moments].sort((one, other) => other.at - one.at);
  return last.reduce((text, { at, length, by }) => text.slice(0, at) + by + text.slice(at + length), sql);
}

function lengthAt(sql: string, pattern: RegExp, at: number): number {
  pattern.lastIndex = at;
  return pattern.exec(sql)?.[0].length ?? 0;
}

/** Every `current_date` and its kin; `now()` is another name of `current_timestamp`. */
const momentsIn = (query: Query): readonly Moment[] => [
  ...nodesIn(query, isCurrent),
  ...nodesIn(query, isNow).map(({ at }) => ({ what: 'timestamp', at }) as const),
];

function nodesIn<T extends Node>(node: unknown, is: (node: Node) => node is T): readonly T[] {
  if (typeof node !== 'object' || node === null) return [];
  const own = 'kind' in node && is(node as Node) ? [node as T] : [];
  return [...own, ...Object.values(node).flatMap((child) => nodesIn(child, is))];
}

const isAliased = (node: Node): node is Aliased => node.kind === 'aliased';
const isField = (node: Node): node is Field => node.kind === 'field';
const isCurrent = (node: Node): node is Current => node.kind === 'current';
const isNow = (node: Node): node is Call => node.kind === 'call' && node.name === 'now';

const quoted = (name: string): string => `"${name.toLowerCase().replaceAll('"', '""')}"`;

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
