import type { GlueClient, Table } from '@aws-sdk/client-glue';
import type { S3Client } from '@aws-sdk/client-s3';
import { literal } from '../../../engine/adapters/duckdb/types.ts';
import type { Query, TableRelation } from '../../../engine/dialect/ast.ts';
import {
  constant,
  parseQueryText,
  SqlError,
  type SqlErrorName,
  type Translation,
  translateParsed,
} from '../../../engine/dialect/index.ts';
import { tablesIn } from '../../../engine/dialect/tables.ts';
import type { Fail, TableSource } from '../../../engine/dialect/translate/context.ts';
import type { Operand } from '../../../engine/dialect/translate/scope.ts';
import { duckDbType, quoted } from '../../../engine/dialect/types.ts';
import { type FileIo, glueCatalog, loadTable, type VersionSelector } from '../../../engine/iceberg/index.ts';
import { QueryFailure } from '../failures.ts';
import { conditionsIn } from './conditions.ts';
import type { GlueReader } from './glue.ts';
import { hivePartitions, INFORMATION_SCHEMA, icebergMetadata, informationSchema } from './metadata-tables.ts';
import { CATALOG, type QualifiedName, type QueryContext, qualify } from './names.ts';
import { hiveSource, icebergSource, type Wanted } from './physical.ts';
import type { Listed, Source } from './source.ts';
import { isView, readView } from './views.ts';

export interface PlannerDeps {
  readonly glue: GlueClient;
  readonly reader: GlueReader;
  readonly s3: S3Client;
  readonly io: FileIo;
  /** Milliseconds since 1970 of a timestamp expression in DuckDB SQL. */
  evaluateTime(sql: string): Promise<number>;
}

/** A query ready to run: its text for DuckDB, and the tables to be laid under the names that it uses. */
export interface Plan {
  readonly translation: Translation;
  readonly sources: ReadonlyMap<string, Source>;
}

/** The schema in which a query's tables stand in DuckDB, apart from any name a user may choose. */
export const SOURCES_SCHEMA = 'athena_sources';

type Lookup = (fail: Fail) => TableSource;

const refuse =
  (name: SqlErrorName, detail: string, { at }: TableRelation): Lookup =>
  (fail) => {
    throw fail(name, detail, at);
  };

/** Finds what a query's names mean in the Glue catalog and translates it. One planner serves one query. */
export class Planner {
  readonly #deps: PlannerDeps;
  readonly #sources = new Map<string, Source>();
  readonly #views: string[] = [];

  constructor(deps: PlannerDeps) {
    this.#deps = deps;
  }

  async plan(query: Query, text: string, context: QueryContext, parameters: readonly Operand[]): Promise<Plan> {
    return { translation: await this.#translate(query, text, context, parameters), sources: this.#sources };
  }

  async #translate(
    query: Query,
    text: string,
    context: QueryContext,
    parameters: readonly Operand[] = [],
  ): Promise<Translation> {
    const lookups = new Map<TableRelation, Lookup>();
    const conditions = conditionsIn(query);
    const path = text.includes('"$path"');
    for (const relation of tablesIn(query)) {
      const wanted = { path, conditions: conditions.get(relation) ?? [] };
      lookups.set(relation, await this.#lookup(relation, context, wanted));
    }
    return translateParsed(
      query,
      text,
      (reference, fail) => {
        const lookup = lookups.get(reference);
        if (lookup === undefined) throw new Error('a table of the query was not looked up');
        return lookup(fail);
      },
      parameters,
    );
  }

  /** Looks a name up; what is wrong with it is said only if the query really means the table. */
  async #lookup(relation: TableRelation, context: QueryContext, wanted: Wanted): Promise<Lookup> {
    const name = qualify(relation.name, context);
    if ('errorName' in name) return refuse(name.errorName, name.detail, relation);
    const { database, table } = name;
    if (database === INFORMATION_SCHEMA)
      return listed(await informationSchema(this.#deps.reader, table), name, relation);
    const [base = '', suffix] = table.split('$');
    const found = await this.#deps.reader.table(database, base);
    if (found === undefined) return this.#missing(name, relation);
    if (isView(found)) return this.#view(found, name, relation);
    if (found.Parameters?.table_type?.toUpperCase() !== 'ICEBERG') {
      if (suffix === undefined) return this.#hive(found, relation, wanted);
      return listed(
        suffix === 'partitions' ? await hivePartitions(this.#deps.reader, found) : undefined,
        name,
        relation,
      );
    }
    const loaded = await loadTable(glueCatalog(this.#deps.glue), this.#deps.io, database, base);
    if (loaded === undefined) return this.#missing(name, relation);
    if (suffix !== undefined) return listed(await icebergMetadata(this.#deps.io, loaded, suffix), name, relation);
    const version = await this.#version(relation);
    return this.#registered(icebergSource(this.#deps.io, loaded, version, wanted));
  }

  async #missing({ database, table }: QualifiedName, relation: TableRelation): Promise<Lookup> {
    const hasDatabase = await this.#deps.reader.hasDatabase(database);
    return hasDatabase
      ? refuse('TABLE_NOT_FOUND', `Table '${CATALOG}.${database}.${table}' does not exist`, relation)
      : refuse('SCHEMA_NOT_FOUND', `Schema '${database}' does not exist`, relation);
  }

  #hive(found: Table, relation: TableRelation, wanted: Wanted): Lookup {
    if (relation.asOf !== undefined) {
      return refuse('NOT_SUPPORTED', 'This connector does not support versioned tables', relation);
    }
    return this.#registered(hiveSource(this.#deps.s3, this.#deps.reader, found, wanted));
  }

  /** Files are fetched only for tables whose lookup the translation asked for. */
  #registered(source: Source): Lookup {
    return () => {
      const name = `t${this.#sources.size + 1}`;
      this.#sources.set(name, source);
      return { sql: `${SOURCES_SCHEMA}.${name}`, columns: source.columns, hidden: source.hidden };
    };
  }

  async #version({ asOf }: TableRelation): Promise<VersionSelector> {
    if (asOf === undefined) return {};
    const { value } = asOf;
    if (asOf.kind === 'timestamp') return { asOfMs: await this.#deps.evaluateTime(constant(value).sql) };
    if (value.kind !== 'literal' || value.type !== 'number') {
      throw new QueryFailure('NOT_SUPPORTED', 'FOR VERSION AS OF takes the number of a snapshot');
    }
    return { snapshotId: value.value };
  }

  /** A view's query in the place of its name, its columns named as the catalog has them. */
  async #view(found: Table, { database, table }: QualifiedName, relation: TableRelation): Promise<Lookup> {
    const name = `${CATALOG}.${database}.${table}`;
    const view = readView(found);
    if (view === undefined) {
      return refuse('NOT_SUPPORTED', `View '${name}' was not made by Athena or Trino`, relation);
    }
    if (this.#views.includes(name)) throw new QueryFailure('VIEW_IS_RECURSIVE', `View '${name}' is recursive`);
    this.#views.push(name);
    try {
      const query = parseQueryText(view.originalSql);
      const translation = await this.#translate(query, view.originalSql, { database: view.schema ?? database });
      const columns = view.columns.map((column, index) => ({
        name: column.name,
        type: translation.columns[index]?.type ?? { kind: 'any' as const },
      }));
      const names = columns.map((column) => quoted(column.name)).join(', ');
      return () => ({ sql: `(select * from (${translation.sql}) as "view"(${names}))`, columns });
    } catch (error) {
      if (!(error instanceof SqlError)) throw error;
      return refuse('INVALID_VIEW', `Failed analyzing stored view '${name}': ${error.message}`, relation);
    } finally {
      this.#views.pop();
    }
  }
}

/** Rows that are known by now, in the query's text itself. */
function listed(table: Listed | undefined, { database, table: name }: QualifiedName, relation: TableRelation): Lookup {
  if (table === undefined) {
    return refuse('TABLE_NOT_FOUND', `Table '${CATALOG}.${database}.${name}' does not exist`, relation);
  }
  const { columns, rows } = table;
  const cell = (value: string | null, index: number): string => {
    const type = columns[index]?.type ?? { kind: 'varchar' as const };
    return `cast(${value === null ? 'null' : literal(value)} as ${duckDbType(type)})`;
  };
  const body =
    rows.length === 0
      ? `select ${columns.map((_, index) => cell(null, index)).join(', ')} where false`
      : `values ${rows.map((row) => `(${row.map(cell).join(', ')})`).join(', ')}`;
  const names = columns.map((column) => quoted(column.name)).join(', ');
  return () => ({ sql: `(select * from (${body}) as "listed"(${names}))`, columns });
}
