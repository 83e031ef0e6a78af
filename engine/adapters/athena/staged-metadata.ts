import { newMetadata, type TableMetadata } from '../../iceberg/metadata.ts';
import type { IcebergType, SchemaField } from '../../iceberg/schema.ts';
import type { TableDefinition } from '../../iceberg/types.ts';
import type { InputTable } from '../adapter.ts';

/** Columns of a staged table; those without a field id get one that no other has. */
export type StagedColumns = InputTable['columns'];

/** Metadata of a new table whose columns carry the field ids of another, so that files of the one fit the other. */
export function stagedMetadata(
  definition: Omit<TableDefinition, 'columns' | 'description'>,
  columns: StagedColumns,
): TableMetadata {
  const described = columns.map(({ name, type }) => ({ name, type, description: '' }));
  const fresh = newMetadata({ ...definition, columns: described, description: '' });
  const given = columns.flatMap(({ id, elementId }) => [id ?? 0, elementId ?? 0]);
  let lastId = Math.max(0, ...given);
  const ids = new Map<number, number>();
  const assign = (freshId: number, id: number | undefined): number => {
    if (id === undefined) lastId += 1;
    ids.set(freshId, id ?? lastId);
    return id ?? lastId;
  };
  const schemas = fresh.schemas.map((schema) => ({
    ...schema,
    fields: schema.fields.map((field): SchemaField => {
      const column = columns.find(({ name }) => name === field.name);
      const id = assign(field.id, column?.id);
      return { ...field, id, type: withElementId(field.type, (element) => assign(element, column?.elementId)) };
    }),
  }));
  const sourceId = <F extends { readonly 'source-id': number }>(field: F): F => ({
    ...field,
    'source-id': ids.get(field['source-id']) ?? field['source-id'],
  });
  return {
    ...fresh,
    schemas,
    'partition-specs': fresh['partition-specs'].map((spec) => ({ ...spec, fields: spec.fields.map(sourceId) })),
    'sort-orders': fresh['sort-orders'].map((order) => ({ ...order, fields: order.fields.map(sourceId) })),
    'last-column-id': lastId,
  };
}

const withElementId = (type: IcebergType, assign: (id: number) => number): IcebergType =>
  typeof type !== 'string' && type.type === 'list' ? { ...type, 'element-id': assign(type['element-id']) } : type;
