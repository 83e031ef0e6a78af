import type { TableName } from '../../../engine/dialect/ast.ts';
import type { SqlErrorName } from '../../../engine/dialect/index.ts';
import { QueryFailure } from '../failures.ts';

export const CATALOG = 'awsdatacatalog';

/** Where names without a database are looked for. */
export interface QueryContext {
  readonly database: string | undefined;
}

export interface QualifiedName {
  readonly database: string;
  readonly table: string;
}

export interface NameProblem {
  readonly errorName: SqlErrorName;
  readonly detail: string;
}

/** The table that one to three names mean, in lower case, or what is wrong with them. */
export function qualify({ parts }: Pick<TableName, 'parts'>, { database }: QueryContext): QualifiedName | NameProblem {
  const [table = '', schema = database?.toLowerCase(), catalog = CATALOG] = parts
    .map((part) => part.toLowerCase())
    .reverse();
  if (catalog !== CATALOG) {
    return { errorName: 'CATALOG_NOT_FOUND', detail: `Catalog '${catalog}' does not exist` };
  }
  if (schema === undefined) {
    return { errorName: 'MISSING_SCHEMA_NAME', detail: 'Schema must be specified when session schema is not set' };
  }
  return { database: schema, table };
}

/** The same, where a problem ends the statement. */
export function qualified(parts: readonly string[], context: QueryContext): QualifiedName {
  const name = qualify({ parts }, context);
  if ('errorName' in name) throw new QueryFailure(name.errorName, name.detail);
  return name;
}
