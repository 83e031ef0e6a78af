import { randomBytes } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import avro from 'avsc';
import { TributaryError } from '../../common/errors.ts';

/** An Avro schema as JSON, with the attributes that Avro itself does not know, such as Iceberg's field ids. */
export type AvroSchema = string | readonly AvroSchema[] | AvroObject;

export interface AvroObject {
  readonly type: AvroSchema;
  readonly name?: string;
  readonly fields?: readonly AvroField[];
  readonly items?: AvroSchema;
  readonly values?: AvroSchema;
  readonly [attribute: string]: unknown;
}

export interface AvroField {
  readonly name: string;
  readonly type: AvroSchema;
  readonly 'field-id'?: number;
  readonly default?: unknown;
}

/** An Avro object container file; longs are bigints. */
export interface AvroFile {
  readonly schema: AvroSchema;
  /** Header entries but Avro's own. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly records: readonly unknown[];
}

const MAGIC = Buffer.from('Obj\x01');
const SYNC_BYTES = 16;

// avsc's own longs are doubles, which snapshot ids exceed.
const long = avro.types.LongType.__with({
  fromBuffer: (buffer: Buffer) => buffer.readBigInt64LE(),
  toBuffer: (value: bigint) => {
    const buffer = Buffer.alloc(8);
    buffer.writeBigInt64LE(value);
    return buffer;
  },
  fromJSON: BigInt,
  toJSON: String,
  isValid: (value: unknown) => typeof value === 'bigint',
  compare: (one: bigint, other: bigint) => (one < other ? -1 : Number(one > other)),
});

// The schema goes to avsc as parsed JSON: its typings know no attributes but Avro's own.
const codecFor = (schema: AvroSchema): avro.Type =>
  avro.Type.forSchema(JSON.parse(JSON.stringify(schema), withoutLogicalLongs), { registry: { long } });

/** avsc finds `long` in its registry by that name alone, not where the schema says that it is a time. */
function withoutLogicalLongs(_key: string, part: unknown): unknown {
  const isLogicalLong = part instanceof Object && 'logicalType' in part && 'type' in part && part.type === 'long';
  return isLogicalLong ? 'long' : part;
}

const headerType = codecFor({ type: 'map', values: 'bytes' });
const countType = codecFor('long');

/** Encodes a container with one deflated block. The schema is kept verbatim in the header: its field ids matter. */
export function encodeAvro({ schema, metadata, records }: AvroFile): Buffer {
  const type = codecFor(schema);
  const sync = randomBytes(SYNC_BYTES);
  const header = Object.entries({ 'avro.schema': JSON.stringify(schema), 'avro.codec': 'deflate', ...metadata });
  const block = deflateRawSync(Buffer.concat(records.map((record) => type.toBuffer(record))));
  return Buffer.concat([
    MAGIC,
    headerType.toBuffer(Object.fromEntries(header.map(([key, value]) => [key, Buffer.from(value)]))),
    sync,
    ...(records.length === 0 ? [] : [countType.toBuffer(BigInt(records.length)), lengthPrefixed(block), sync]),
  ]);
}

/**
 * Decodes a container of any writer. `names` gives the names under which fields are wanted, by field id, since writers
 * name some differently. Throws `bad_avro`.
 */
export function decodeAvro(content: Uint8Array, names: ReadonlyMap<number, string>, where: string): AvroFile {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  try {
    return decode(bytes, names);
  } catch (error) {
    throw new TributaryError({ code: 'bad_avro', message: 'the Avro file cannot be read', where, cause: error });
  }
}

function decode(bytes: Buffer, names: ReadonlyMap<number, string>): AvroFile {
  if (!bytes.subarray(0, MAGIC.length).equals(MAGIC)) throw new RangeError('it does not begin like an Avro file');
  const header = take(headerType, bytes, MAGIC.length);
  const entries = Object.entries(header.value ?? {}).map(([key, value]): [string, string] => [key, String(value)]);
  const { 'avro.schema': schemaText = '', 'avro.codec': codec = 'null', ...metadata } = Object.fromEntries(entries);
  if (codec !== 'deflate' && codec !== 'null') throw new RangeError(`its codec ${codec} is not supported`);
  const schema = withNames(JSON.parse(schemaText), names);
  const type = codecFor(schema);
  const records: unknown[] = [];
  let position = header.offset + SYNC_BYTES;
  while (position < bytes.length) {
    const count = take(countType, bytes, position);
    const length = take(countType, bytes, count.offset);
    const end = length.offset + Number(length.value);
    const block = bytes.subarray(length.offset, end);
    const content = codec === 'deflate' ? inflateRawSync(block) : block;
    for (let record = 0, offset = 0; record < Number(count.value); record += 1) {
      const decoded = take(type, content, offset);
      records.push(decoded.value);
      offset = decoded.offset;
    }
    position = end + SYNC_BYTES;
  }
  return { schema, metadata, records };
}

function take(type: avro.Type, bytes: Buffer, position: number): { value: unknown; offset: number } {
  const decoded: { value: unknown; offset: number } = type.decode(bytes, position);
  if (decoded.offset < 0) throw new RangeError('it ends too early');
  return decoded;
}

const lengthPrefixed = (block: Buffer): Buffer => Buffer.concat([countType.toBuffer(BigInt(block.length)), block]);

/** The schema with its fields renamed by field id; names do not show in encoded records. */
function withNames(schema: AvroSchema, names: ReadonlyMap<number, string>): AvroSchema {
  if (typeof schema === 'string') return schema;
  if (isUnion(schema)) return schema.map((branch) => withNames(branch, names));
  return {
    ...schema,
    ...(typeof schema.type === 'object' ? { type: withNames(schema.type, names) } : {}),
    ...(schema.items === undefined ? {} : { items: withNames(schema.items, names) }),
    ...(schema.fields === undefined
      ? {}
      : {
          fields: schema.fields.map((field) => ({
            ...field,
            name: names.get(field['field-id'] ?? -1) ?? field.name,
            type: withNames(field.type, names),
          })),
        }),
  };
}

const isUnion = (schema: AvroSchema): schema is readonly AvroSchema[] => Array.isArray(schema);
