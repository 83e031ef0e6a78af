import type { InputTable } from '../adapter.ts';
import { duckDbType, identifier, literal } from './types.ts';

interface RelationColumn {
  readonly name: string;
  readonly type: string;
  readonly id?: number;
}

/**
 * A DuckDB SELECT that yields exactly the table's columns (then its path columns), each in its declared type, from the
 * local copies of its files. A column that a file lacks is null; Iceberg columns are found by field id, so a rename or
 * a widening reads old files rightly. `localPaths` keep the `name=value` folders of the objects they copy.
 */
export function relationSql(table: InputTable, localPaths: readonly string[]): string {
  const position = table.filePosition === undefined ? [] : [{ name: table.filePosition, type: 'bigint' }];
  const columns: readonly RelationColumn[] = [...table.columns, ...(table.pathColumns ?? []), ...position];
  if (localPaths.length === 0) return emptyRelation(columns);
  const rows = allRows(table, columns, localPaths);
  return table.where === undefined ? rows : `select * from (${rows}) where ${table.where}`;
}

function allRows(table: InputTable, columns: readonly RelationColumn[], localPaths: readonly string[]): string {
  const files = `[${localPaths.map(literal).join(', ')}]`;
  const projection = columns.map(cast).join(', ');
  if (table.format === 'json') return `select ${projection} from ${readJson(table, files)}`;
  if (table.pathColumns === undefined || table.pathColumns.length === 0) {
    return `select ${projection} from (select *${positionOf(table)} from read_parquet(${files}, schema = ${parquetSchema(table.columns)}, hive_partitioning = false))`;
  }
  // read_parquet takes either a schema or path columns; the empty relation supplies columns that no file has.
  const rows = `select *${positionOf(table)} from read_parquet(${files}, union_by_name = true, ${hiveOptions(table)})`;
  return `select ${projection} from (${emptyRelation(columns)} union all by name ${rows})`;
}

/** `file_index` is DuckDB's own name for the position; a star does not include it. */
const positionOf = ({ filePosition }: InputTable): string =>
  filePosition === undefined ? '' : `, file_index as ${identifier(filePosition)}`;

const cast = ({ name, type }: RelationColumn): string =>
  `cast(${identifier(name)} as ${duckDbType(type)}) as ${identifier(name)}`;

function emptyRelation(columns: readonly RelationColumn[]): string {
  const nulls = columns.map(({ name, type }) => `cast(null as ${duckDbType(type)}) as ${identifier(name)}`);
  return `select ${nulls.join(', ')} where false`;
}

/** Columns are matched by field id where the table has ids, else by name. */
function parquetSchema(columns: readonly RelationColumn[]): string {
  const entries = columns.map(({ name, type, id }) => {
    const key = id === undefined ? literal(name) : id;
    return `${key}: {name: ${literal(name)}, type: ${literal(duckDbType(type))}, default_value: null}`;
  });
  return `map {${entries.join(', ')}}`;
}

function readJson(table: InputTable, files: string): string {
  const columns = table.columns.map(({ name, type }) => `${identifier(name)}: ${literal(duckDbType(type))}`);
  return `read_json(${files}, format = 'newline_delimited', columns = {${columns.join(', ')}}, ${hiveOptions(table)})`;
}

function hiveOptions({ pathColumns = [] }: InputTable): string {
  if (pathColumns.length === 0) return 'hive_partitioning = false';
  const types = pathColumns.map(({ name, type }) => `${identifier(name)}: ${duckDbType(type)}`);
  return `hive_partitioning = true, hive_types = {${types.join(', ')}}`;
}
