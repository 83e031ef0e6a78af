import { z } from 'zod';
import type { Moment } from '../version.ts';

export const quoteIdentifier = (name: string): string => `"${name.replaceAll('"', '""')}"`;

const positionSchema = z.strictObject({
  /** As PostgreSQL wrote them. */
  version: z.string(),
  keys: z.array(z.string().nullable()),
});

/** The last row of a batch, in the order of version and key. */
export type PostgresPosition = z.infer<typeof positionSchema>;

export const parsePosition = (position: unknown): PostgresPosition | undefined =>
  positionSchema.safeParse(position).data;

export interface Selection {
  readonly schema: string;
  readonly table: string;
  readonly columns: readonly string[];
  readonly versionColumn: string;
  readonly keyColumns: readonly string[];
}

export interface Statement {
  readonly text: string;
  readonly values: readonly string[];
}

export const tableName = ({ schema, table }: Pick<Selection, 'schema' | 'table'>): string =>
  `${quoteIdentifier(schema)}.${quoteIdentifier(table)}`;

/** The rows of a version or later, or those that follow a position, in the order of version and key. */
export function selectChanges(selection: Selection, from: Moment | null, position?: PostgresPosition): Statement {
  const version = quoteIdentifier(selection.versionColumn);
  const keys = selection.keyColumns.map(quoteIdentifier);
  const { condition, values } =
    position === undefined ? since(version, from) : following(version, keys, position, from === null);
  const columns = selection.columns.map(quoteIdentifier).join(', ');
  const order = [version, ...keys].join(', ');
  const where = condition === undefined ? '' : ` where ${condition}`;
  return { text: `select ${columns} from ${tableName(selection)}${where} order by ${order}`, values };
}

interface Condition {
  readonly condition: string | undefined;
  readonly values: readonly string[];
}

const since = (version: string, from: Moment | null): Condition =>
  from === null ? { condition: undefined, values: [] } : { condition: `${version} >= $1`, values: [from] };

/**
 * Nothing compares with null, so rows whose key has one are read again rather than passed over. Rows without a version
 * stand last, and come with a pull of everything only; ingestion then tells of them.
 */
function following(
  version: string,
  keys: readonly string[],
  position: PostgresPosition,
  isOfEverything: boolean,
): Condition {
  const orUnversioned = isOfEverything ? ` or ${version} is null` : '';
  const known = position.keys.flatMap((key) => key ?? []);
  if (known.length < keys.length) {
    return { condition: `${version} >= $1${orUnversioned}`, values: [position.version] };
  }
  const parameters = keys.map((_, index) => `$${index + 2}`).join(', ');
  const isKeyless = keys.map((key) => `${key} is null`).join(' or ');
  const isAfter = `(${version}, ${keys.join(', ')}) > ($1, ${parameters})`;
  return {
    condition: `${isAfter} or (${version} >= $1 and (${isKeyless}))${orUnversioned}`,
    values: [position.version, ...known],
  };
}
