import { type CompiledModel, MERGE_TABLES } from '../manifest.ts';
import type { MergeBy, Model } from '../model.ts';
import type { TableIndex } from './resolve.ts';
import { parseStatement, type Statement } from './syntax.ts';
import { translate } from './translate.ts';

const RANK = 'merge_rank';

/**
 * The SELECTs of a merged table. Of the rows with one key the greatest version counts; of equal versions a tombstone,
 * then the greatest in all columns. That order is total, so the last of all is the last of the last ones of any parts.
 */
export function mergeSql(
  { columns }: Pick<Model, 'columns'>,
  by: MergeBy,
  statement: Statement,
  tables: TableIndex,
): Pick<CompiledModel, 'sql' | 'mergeSql'> {
  const { tombstone } = by;
  const names = columns.map(({ name }) => name);
  const merged = new Map([...tables, ...Object.values(MERGE_TABLES).map((name) => [name, columns] as const)]);
  const compile = (sql: string) => translate(parseStatement(sql, statement.origin), merged).sql;
  const candidates = lastOf(names, by, `(${statement.sql}\n)`);
  const everything = Object.values(MERGE_TABLES).map((table) => `select ${names.join(', ')} from ${table}`);
  const winners = lastOf(names, by, `(${everything.join(' union all ')})`);
  const where = (from: string, condition: string, list = names): string =>
    `select ${list.join(', ')} from (${from}) as winners where ${condition}`;
  const living = tombstone === undefined ? 'true' : `not coalesce(${tombstone}, false)`;
  // Only what decides between versions is remembered of what was deleted.
  const kept = new Set([...by.key, ...by.version, tombstone]);
  const remembered = columns.map(({ name, type }) => (kept.has(name) ? name : `cast(null as ${type}) as ${name}`));
  return {
    sql: compile(where(candidates, living)),
    mergeSql: {
      candidates: compile(candidates),
      rows: compile(where(winners, living)),
      tombstones: tombstone === undefined ? null : compile(where(winners, tombstone, remembered)),
    },
  };
}

/** The last version of each key among some rows. */
function lastOf(names: readonly string[], { key, version, tombstone }: MergeBy, from: string): string {
  const decided = new Set([...key, ...version, tombstone]);
  const order = [
    ...version,
    ...(tombstone === undefined ? [] : [tombstone]),
    ...names.filter((name) => !decided.has(name)),
  ];
  const by = order.map((name) => `${name} desc nulls last`).join(', ');
  const list = names.join(', ');
  return `select ${list} from (select ${list}, row_number() over (partition by ${key.join(', ')} order by ${by}) as ${RANK} from ${from} as versions) as ranked where ${RANK} = 1`;
}
