import {
  AlreadyExistsException,
  CreateDatabaseCommand,
  CreateTableCommand,
  DeleteDatabaseCommand,
  DeleteTableCommand,
  EntityNotFoundException,
  type GlueClient,
  type Table,
  type TableInput,
  UpdateTableCommand,
} from '@aws-sdk/client-glue';
import type { NamedType } from '../../../engine/dialect/translate/context.ts';
import { typeName } from '../../../engine/dialect/types.ts';
import { hiveTypeOf } from '../../../engine/hive-type.ts';
import { QueryFailure } from '../failures.ts';
import { glueReader } from '../tables/glue.ts';
import { CATALOG, type QualifiedName, type QueryContext, qualified } from '../tables/names.ts';
import { isView, writeView } from '../tables/views.ts';
import type { Statement } from './statement.ts';

type Of<K extends Statement['kind']> = Extract<Statement, { kind: K }>;

/** Puts a view into the catalog in the form that Athena and Trino share. */
export async function createView(
  glue: GlueClient,
  { view, replace, queryText }: Of<'create_view'>,
  columns: readonly NamedType[],
  context: QueryContext,
): Promise<void> {
  const name = qualified(view, context);
  const found = await glueReader(glue).table(name.database, name.table);
  if (found !== undefined && !(replace && isView(found))) {
    const kind = isOther(found) ? 'Table' : 'View';
    const existing = `${CATALOG}.${name.database}.${name.table}`;
    throw new QueryFailure('TABLE_ALREADY_EXISTS', `line 1:1: ${kind} already exists: '${existing}'`);
  }
  const request = { DatabaseName: name.database, TableInput: viewInput(name, queryText, columns, context) };
  if (found === undefined) {
    await glue.send(new CreateTableCommand(request)).catch(asMissingDatabase(name));
  } else {
    await glue.send(new UpdateTableCommand(request));
  }
}

const isOther = (table: Table): boolean => !isView(table);

function viewInput(
  { database, table }: QualifiedName,
  sql: string,
  columns: readonly NamedType[],
  context: QueryContext,
): TableInput {
  const written = columns.map(({ name, type }) => ({ name, type: type.kind === 'null' ? 'varchar' : typeName(type) }));
  const schema = context.database ?? database;
  return {
    Name: table,
    // Trino overlooks views without this description and an owner.
    Description: 'Presto View',
    Owner: 'hadoop',
    TableType: 'VIRTUAL_VIEW',
    Parameters: { presto_view: 'true', comment: 'Presto View' },
    ViewOriginalText: writeView({ originalSql: sql, catalog: CATALOG, schema, columns: written }),
    ViewExpandedText: '/* Presto View */',
    StorageDescriptor: {
      Columns: written.map(({ name, type }) => ({ Name: name.toLowerCase(), Type: hiveTypeOf(type) })),
      SerdeInfo: {},
    },
  };
}

export async function dropView(
  glue: GlueClient,
  { table, ifExists }: Of<'drop_view'>,
  context: QueryContext,
): Promise<void> {
  const name = qualified(table, context);
  const found = await glueReader(glue).table(name.database, name.table);
  if (found === undefined && ifExists) return;
  if (found === undefined || isOther(found)) {
    const view = `${CATALOG}.${name.database}.${name.table}`;
    throw new QueryFailure('GENERIC_USER_ERROR', `line 1:1: View '${view}' does not exist`);
  }
  await glue.send(new DeleteTableCommand({ DatabaseName: name.database, Name: name.table }));
}

export async function createDatabase(
  glue: GlueClient,
  { database, ifNotExists }: Of<'create_database'>,
): Promise<void> {
  try {
    await glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name: database.toLowerCase() } }));
  } catch (error) {
    if (!(error instanceof AlreadyExistsException)) throw error;
    if (!ifNotExists) throw new QueryFailure('ALREADY_EXISTS', `Database ${database} already exists`);
  }
}

export async function dropDatabase(glue: GlueClient, { database, ifExists }: Of<'drop_database'>): Promise<void> {
  const name = database.toLowerCase();
  const reader = glueReader(glue);
  if (!(await reader.hasDatabase(name))) {
    if (ifExists) return;
    throw new QueryFailure('SCHEMA_NOT_FOUND', `Schema '${name}' does not exist`);
  }
  if ((await reader.tables(name)).length > 0) {
    throw new QueryFailure('GENERIC_USER_ERROR', `Database ${name} is not empty`);
  }
  await glue.send(new DeleteDatabaseCommand({ Name: name }));
}

export const asMissingDatabase =
  ({ database }: QualifiedName) =>
  (error: unknown): never => {
    if (!(error instanceof EntityNotFoundException)) throw error;
    throw new QueryFailure('SCHEMA_NOT_FOUND', `Schema '${database}' does not exist`);
  };
