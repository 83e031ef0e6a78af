import type { Contract, Field } from './contract.ts';
import { dataSchemaOf } from './index.ts';

/** A JSON Schema (draft 2020-12), as data. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** What a producer should send for a field; the validator takes more spellings than the schema recommends. */
function typeOf({ type, required }: Field): JsonSchema {
  const orNull = (name: string) => ({ type: required ? name : [name, 'null'] });
  switch (type.kind) {
    case 'string':
      return orNull('string');
    case 'boolean':
      return orNull('boolean');
    case 'integer':
    case 'bigint':
      return orNull('integer');
    case 'decimal':
      return { ...orNull('number'), multipleOf: Number(`1e-${type.scale}`) };
    case 'date':
      return { ...orNull('string'), format: 'date' };
    case 'timestamp':
      return { ...orNull('string'), format: 'date-time' };
  }
}

function bounds(limits: Pick<Field, 'min' | 'max'> | undefined): JsonSchema {
  return {
    ...(limits?.min !== undefined && { minimum: limits.min }),
    ...(limits?.max !== undefined && { maximum: limits.max }),
  };
}

function property(field: Field): JsonSchema {
  // Bounds that hang on another field are said below, by condition.
  const limits = field.boundsWhere ? {} : bounds(field);
  return {
    ...typeOf(field),
    ...limits,
    ...(field.values && { enum: allowed(field.values, field) }),
    description: field.description,
  };
}

const allowed = (values: readonly string[], { synonyms = {}, required }: Field): (string | null)[] => [
  ...values,
  ...Object.keys(synonyms),
  ...(required ? [] : [null]),
];

function condition(name: string, field: Field): JsonSchema[] {
  if (field.boundsWhere === undefined) return [];
  const { field: other, values } = field.boundsWhere;
  return [
    {
      if: { properties: { [other]: { enum: values } }, required: [other] },
      // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
      then: { properties: { [name]: bounds(field.boundsWhere) } },
      else: { properties: { [name]: bounds(field) } },
    },
  ];
}

/** The JSON Schema of one record of a source: the `data` of its events, a line of its NDJSON files. */
export function jsonSchema(contract: Contract): JsonSchema {
  const fields = Object.entries(contract.fields);
  const conditions = fields.flatMap(([name, field]) => condition(name, field));
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: dataSchemaOf(contract),
    title: contract.source,
    description: contract.description,
    type: 'object',
    properties: Object.fromEntries(fields.map(([name, field]) => [name, property(field)])),
    required: fields.flatMap(([name, { required }]) => (required ? [name] : [])),
    ...(conditions.length > 0 && { allOf: conditions }),
  };
}
