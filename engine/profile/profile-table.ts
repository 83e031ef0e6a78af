import { detailOf, detailSql, type SummarisedColumn } from './detail.ts';
import { hintsOf } from './hints.ts';
import { isText } from './kinds.ts';
import type { ColumnProfile, ColumnToProfile, TableProfile, TableToProfile } from './profile.ts';
import { type ProfileRow, summaryOf, summarySql } from './summary.ts';

/** Columns that one pair of queries looks at: a wide table takes more queries, each column is read twice at most. */
const COLUMNS_AT_ONCE = 40;

/** Runs a SELECT in Athena's dialect. */
export type RunSql = (sql: string) => Promise<readonly ProfileRow[]>;

/** Profiles a table by two queries for every forty columns: one for the summary, one for what the summary bounds. */
export async function profileTable(table: TableToProfile, run: RunSql): Promise<TableProfile> {
  const columns: ColumnProfile[] = [];
  let rows = 0;
  let duplicates: TableProfile['duplicates'] = null;
  for (let start = 0; start === 0 || start < table.columns.length; start += COLUMNS_AT_ONCE) {
    const some = table.columns.slice(start, start + COLUMNS_AT_ONCE);
    const isFirst = start === 0;
    const [summary = {}] = await run(summarySql(isFirst ? table : { ...table, key: [] }, some));
    rows = Number(summary.row_count);
    if (isFirst && table.key.length > 0) duplicates = { key: table.key, rows: rows - Number(summary.distinct_keys) };
    columns.push(...(await profileColumns(table.name, some, summary, run)));
  }
  return { table: table.name, rows, duplicates, columns };
}

async function profileColumns(
  table: string,
  columns: readonly ColumnToProfile[],
  row: ProfileRow,
  run: RunSql,
): Promise<readonly ColumnProfile[]> {
  const rows = Number(row.row_count);
  const summarised = columns.map((column, index) => ({ column, summary: summaryOf(row, column, index) }));
  const sql = detailSql(table, summarised);
  const details = sql === undefined ? [] : await run(sql);
  return summarised.map((one, index) => {
    const profile = { ...factsOf(one, rows), ...detailOf(details, one, index) };
    return { ...profile, hints: hintsOf(profile, rows) };
  });
}

const factsOf = ({ column, summary }: SummarisedColumn, rows: number) => ({
  name: column.name,
  type: column.type,
  isShown: column.isShown,
  nulls: rows - summary.filled,
  distinct: summary.distinct === null ? null : Math.min(summary.distinct, summary.filled),
  min: summary.min,
  max: summary.max,
  texts: isText(column)
    ? {
        shortest: summary.text('shortest'),
        longest: summary.text('longest'),
        empty: summary.text('empty') ?? 0,
        padded: summary.text('padded') ?? 0,
        numeric: summary.text('numeric') ?? 0,
        distinctFolded: summary.text('folded') ?? 0,
      }
    : null,
});
