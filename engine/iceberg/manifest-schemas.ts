import type { AvroField, AvroSchema } from './avro.ts';
import { type PartitionSpec, partitionType } from './partition-spec.ts';
import type { IcebergType, Schema } from './schema.ts';

/** The Avro schemas of manifests and manifest lists of format version 2, with Iceberg's field ids. */

const required = (id: number, name: string, type: AvroSchema): AvroField => ({ name, type, 'field-id': id });
const optional = (id: number, name: string, type: AvroSchema): AvroField => ({
  name,
  type: ['null', type],
  default: null,
  'field-id': id,
});

/** A map with integer keys, which Avro's own maps cannot have. */
const intMap = (keyId: number, valueId: number, values: AvroSchema): AvroSchema => ({
  type: 'array',
  logicalType: 'map',
  items: {
    type: 'record',
    name: `k${keyId}_v${valueId}`,
    fields: [required(keyId, 'key', 'int'), required(valueId, 'value', values)],
  },
});

export const MANIFEST_LIST_SCHEMA: AvroSchema = {
  type: 'record',
  name: 'manifest_file',
  fields: [
    required(500, 'manifest_path', 'string'),
    required(501, 'manifest_length', 'long'),
    required(502, 'partition_spec_id', 'int'),
    required(517, 'content', 'int'),
    required(515, 'sequence_number', 'long'),
    required(516, 'min_sequence_number', 'long'),
    required(503, 'added_snapshot_id', 'long'),
    required(504, 'added_files_count', 'int'),
    required(505, 'existing_files_count', 'int'),
    required(506, 'deleted_files_count', 'int'),
    required(512, 'added_rows_count', 'long'),
    required(513, 'existing_rows_count', 'long'),
    required(514, 'deleted_rows_count', 'long'),
    optional(507, 'partitions', {
      type: 'array',
      'element-id': 508,
      items: {
        type: 'record',
        name: 'r508',
        fields: [
          required(509, 'contains_null', 'boolean'),
          optional(518, 'contains_nan', 'boolean'),
          optional(510, 'lower_bound', 'bytes'),
          optional(511, 'upper_bound', 'bytes'),
        ],
      },
    }),
    optional(519, 'key_metadata', 'bytes'),
  ],
};

/** The schema of a manifest whose files are partitioned by `spec`. */
export function manifestSchema(spec: PartitionSpec, schema: Schema): AvroSchema {
  const partition = spec.fields.map((field) =>
    optional(field['field-id'], avroName(field.name), avroType(partitionType(field, schema))),
  );
  return {
    type: 'record',
    name: 'manifest_entry',
    fields: [
      required(0, 'status', 'int'),
      optional(1, 'snapshot_id', 'long'),
      optional(3, 'sequence_number', 'long'),
      optional(4, 'file_sequence_number', 'long'),
      required(2, 'data_file', { type: 'record', name: 'r2', fields: dataFileFields(partition) }),
    ],
  };
}

const dataFileFields = (partition: readonly AvroField[]): readonly AvroField[] => [
  required(134, 'content', 'int'),
  required(100, 'file_path', 'string'),
  required(101, 'file_format', 'string'),
  required(102, 'partition', { type: 'record', name: 'r102', fields: partition }),
  required(103, 'record_count', 'long'),
  required(104, 'file_size_in_bytes', 'long'),
  optional(108, 'column_sizes', intMap(117, 118, 'long')),
  optional(109, 'value_counts', intMap(119, 120, 'long')),
  optional(110, 'null_value_counts', intMap(121, 122, 'long')),
  optional(125, 'lower_bounds', intMap(126, 127, 'bytes')),
  optional(128, 'upper_bounds', intMap(129, 130, 'bytes')),
];

/** Under which names decoded fields are wanted; older writers name some of them differently. */
export const FIELD_NAMES: ReadonlyMap<number, string> = new Map(
  [MANIFEST_LIST_SCHEMA, manifestSchema({ 'spec-id': 0, fields: [] }, { type: 'struct', 'schema-id': 0, fields: [] })]
    .flatMap(fieldsOf)
    .map((field) => [field['field-id'] ?? -1, field.name]),
);

function fieldsOf(schema: AvroSchema): readonly AvroField[] {
  if (typeof schema === 'string' || !('type' in schema)) return [];
  return (schema.fields ?? []).flatMap((field) => [field, ...fieldsOf(field.type)]);
}

/** A partition field's name in manifests; Avro allows fewer characters than SQL. */
export const avroName = (name: string): string => name.replace(/^(?=\d)/, '_').replaceAll(/\W/g, '_');

function avroType(type: IcebergType): AvroSchema {
  switch (type) {
    case 'date':
      return { type: 'int', logicalType: 'date' };
    case 'timestamp':
    case 'timestamptz':
      return { type: 'long', logicalType: 'timestamp-micros', 'adjust-to-utc': type === 'timestamptz' };
    case 'int':
    case 'long':
      return type;
    default:
      return 'string';
  }
}
