import { TributaryError } from '../../common/errors.ts';
import type { PartitionBy } from '../model.ts';
import type { IcebergType, Schema } from './schema.ts';

export interface PartitionField {
  readonly name: string;
  /** `identity`, `day`, `month`; other writers also use `bucket[16]`, `hour` … */
  readonly transform: string;
  readonly 'source-id': number;
  readonly 'field-id': number;
}

export interface PartitionSpec {
  readonly 'spec-id': number;
  readonly fields: readonly PartitionField[];
}

/** Field ids of partition fields begin above this. */
export const FIRST_PARTITION_ID = 1000;

const DATE_TRANSFORMS: readonly string[] = ['day', 'month'];
const DATE_TYPES: readonly IcebergType[] = ['date', 'timestamp', 'timestamptz'];
const IDENTITY_TYPES: readonly IcebergType[] = ['string', 'int', 'long', ...DATE_TYPES];

/**
 * The spec for `partitionBy` among a table's specs: an equal one is taken again, else one is added, whose fields keep
 * the ids that equal fields had before. Throws `unsupported_partition`.
 */
export function evolveSpec(
  specs: readonly PartitionSpec[],
  lastPartitionId: number,
  schema: Schema,
  partitionBy: readonly PartitionBy[],
): { readonly spec: PartitionSpec; readonly lastPartitionId: number } {
  const known = specs.flatMap((spec) => spec.fields);
  let lastId = lastPartitionId;
  const fields = partitionBy.map((by) => {
    const source = sourceOf(schema, by);
    const same = known.find((field) => field['source-id'] === source.id && field.transform === by.transform);
    if (same === undefined) lastId += 1;
    const name = fieldName(schema, by);
    return { name, transform: by.transform, 'source-id': source.id, 'field-id': same?.['field-id'] ?? lastId };
  });
  const equal = specs.find((spec) => isSamePartitioning(spec.fields, fields));
  const nextId = Math.max(-1, ...specs.map((spec) => spec['spec-id'])) + 1;
  return { spec: equal ?? { 'spec-id': nextId, fields }, lastPartitionId: lastId };
}

/** The type of a partition field's values. */
export function partitionType(field: PartitionField, schema: Schema): IcebergType {
  if (field.transform === 'identity') {
    return schema.fields.find((column) => column.id === field['source-id'])?.type ?? 'string';
  }
  return field.transform === 'day' ? 'date' : 'int';
}

function sourceOf(schema: Schema, { column, transform }: PartitionBy) {
  const source = schema.fields.find((field) => field.name === column);
  const types = DATE_TRANSFORMS.includes(transform) ? DATE_TYPES : IDENTITY_TYPES;
  if (source !== undefined && types.includes(source.type)) return source;
  throw new TributaryError({
    code: 'unsupported_partition',
    message:
      source === undefined
        ? `${column} is no column of the table`
        : `a column of type ${JSON.stringify(source.type)} cannot be partitioned by ${transform}`,
    where: `${transform}(${column})`,
  });
}

/** A partition field may share its name with a column only where it is that column's identity. */
function fieldName(schema: Schema, { column, transform }: PartitionBy): string {
  if (transform === 'identity') return column;
  const name = `${column}_${transform}`;
  return schema.fields.some((field) => field.name === name) ? `${name}_partition` : name;
}

const isSamePartitioning = (one: readonly PartitionField[], other: readonly PartitionField[]): boolean =>
  one.length === other.length &&
  one.every(
    (field, index) =>
      field['field-id'] === other[index]?.['field-id'] &&
      field.transform === other[index]?.transform &&
      field.name === other[index]?.name,
  );
