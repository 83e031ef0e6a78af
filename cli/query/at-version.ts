import { TributaryError } from '../../common/errors.ts';
import type { TableRelation } from '../../engine/dialect/ast.ts';
import { parseQueryText } from '../../engine/dialect/index.ts';
import { nameLength } from '../../engine/dialect/name-length.ts';
import { tablesIn } from '../../engine/dialect/tables.ts';

/** Databases whose tables have no versions, with what to read instead. */
const WITHOUT_VERSIONS: ReadonlyMap<string, string> = new Map([
  ['bronze', 'Bronze is only ever added to: ask for rows by `ingest_date` and `_ingest_time`.'],
  ['operations', 'Operations are only ever added to: ask for rows by their date.'],
  ['marts', 'A mart is a view of the present: query the tables that it reads.'],
]);

/**
 * A SELECT over an earlier version of every table that it names: a snapshot's id, for a statement with one table, or a
 * time (ISO 8601, UTC where it has no offset). Throws `bad_version`, `no_versions` and `sql_error`.
 */
export function atVersion(sql: string, version: string): string {
  // Common tables of the statement itself have no database.
  const tables = tablesIn(parseQueryText(sql)).filter(({ name }) => name.parts.length > 1);
  for (const table of tables) requireVersions(table);
  const clause = /^\d+$/.test(version) ? snapshotClause(version, tables) : timeClause(version);
  return tables.reduceRight((text, { name: { at } }) => {
    const end = at + nameLength(sql, at);
    return `${text.slice(0, end)} ${clause}${text.slice(end)}`;
  }, sql);
}

function requireVersions({ name, asOf }: TableRelation): void {
  const [database = ''] = name.parts.slice(-2).map((part) => part.toLowerCase());
  const advice = WITHOUT_VERSIONS.get(database);
  if (advice !== undefined) {
    const where = name.parts.join('.');
    throw new TributaryError({
      code: 'no_versions',
      message: 'only tables of silver and gold have versions',
      where,
      advice,
    });
  }
  if (asOf !== undefined) throw badVersion('the statement names a version itself', 'Leave one of the two out.');
}

function snapshotClause(id: string, tables: readonly TableRelation[]): string {
  const names = new Set(tables.map(({ name }) => name.parts.join('.').toLowerCase()));
  if (names.size === 1) return `for version as of ${id}`;
  throw badVersion(
    `a snapshot belongs to one table, and the statement names ${names.size === 0 ? 'none' : [...names].join(', ')}`,
    'Give a time, or write `for version as of <snapshot>` behind the table that it belongs to.',
  );
}

const TIME = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(Z|[+-]\d{2}:\d{2})?)?$/;

function timeClause(text: string): string {
  const found = TIME.exec(text);
  // JavaScript takes a day alone for one in UTC, and a time without an offset for a local one.
  const isLocal = text.length > '2026-01-31'.length && found?.[1] === undefined;
  const time = new Date(found === null ? Number.NaN : `${text}${isLocal ? 'Z' : ''}`);
  if (Number.isNaN(time.getTime())) {
    throw badVersion(
      `${JSON.stringify(text)} is neither a snapshot’s id nor a time`,
      'npx tributary history <table> lists the versions; a time is written 2026-01-31T06:00:00Z.',
    );
  }
  return `for timestamp as of timestamp '${time.toISOString().replace('T', ' ').replace('Z', ' UTC')}'`;
}

const badVersion = (message: string, advice: string): TributaryError =>
  new TributaryError({ code: 'bad_version', message, where: '--version', advice });
