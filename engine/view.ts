import type { CompiledModel } from './manifest.ts';

/** A view as it goes to the catalog. */
export interface ViewDefinition {
  readonly database: string;
  readonly name: string;
  readonly description: string;
  readonly columns: CompiledModel['columns'];
  /** SELECT in Athena's dialect. */
  readonly sql: string;
  /** Kept with the view, to tell whether it stands. */
  readonly fingerprint: string;
}

/** What a build needs to know of a view that is there. */
export interface PublishedView {
  /** Undefined where somebody else made it. */
  readonly fingerprint: string | undefined;
  /** With their types in Athena's or Hive's spelling. */
  readonly columns: readonly { readonly name: string; readonly type: string }[];
}

export function viewDefinition(model: CompiledModel, fingerprint: string): ViewDefinition {
  const [database = '', name = ''] = model.name.split('.');
  return {
    database,
    name,
    description: model.description,
    columns: model.columns,
    sql: model.athenaSql,
    fingerprint,
  };
}

/** A view's text as Athena and Trino keep it in the catalog. */
export function prestoViewText({ database, description, columns, sql }: ViewDefinition): string {
  const definition = {
    originalSql: sql,
    catalog: 'awsdatacatalog',
    schema: database,
    comment: description,
    columns: columns.map(({ name, type }) => ({ name, type: viewType(type) })),
    properties: {},
  };
  return `/* Presto View: ${Buffer.from(JSON.stringify(definition)).toString('base64')} */`;
}

/** Iceberg timestamps have microseconds, and a view's columns must hold what its tables give. */
const viewType = (type: string): string => (type === 'timestamp' ? 'timestamp(6)' : type);
