import { gunzipSync, gzipSync } from 'node:zlib';
import { z } from 'zod';
import { TributaryError } from '../../common/errors.ts';
import type { DataFile, TableDefinition } from '../iceberg/index.ts';
import { type Partition, type PartitionSet, rangesOf } from '../partitions.ts';
import type { BuildDeps } from './ports.ts';

const file = z.object({ uri: z.string(), bytes: z.number() });

/** Partitions in short: ranges, and null where rows without a date are among them. */
const partitions = z.array(z.union([z.tuple([z.number(), z.number()]), z.null()]));

const inputState = z.object({
  version: z.string(),
  /** Of a source: the partitions of each object's rows, by the object's id. */
  objects: z.record(z.string(), partitions).optional(),
  /** Of a table that partitions come from: the content of each of its partitions. */
  partitions: z
    .object({ unit: z.enum(['day', 'month']), columns: z.string(), contents: z.record(z.string(), z.string()) })
    .optional(),
});

const state = z.object({
  formatVersion: z.literal(1),
  /** `day(sold_at)`; empty for a table without partitions. */
  partitioning: z.string(),
  /** Hash of the columns with their types. */
  columns: z.string(),
  /** Content of each partition of the table, by its values in Iceberg's terms. */
  contents: z.record(z.string(), z.string()),
  inputs: z.record(z.string(), inputState),
  /** Files of the index of keys, and of remembered tombstones. */
  keys: z.array(file),
  /** How the keys were hashed; absent where there are none. */
  hashing: z.string().optional(),
  tombstones: z.array(file),
});

export type InputState = z.infer<typeof inputState>;

/**
 * What a published version was made from, in such detail that the next build can tell which part of it is stale. It
 * lies beside the table and belongs to one snapshot; where it is lost, the next build is a full one.
 */
export type BuildState = z.infer<typeof state>;

/** Where a table's states and their files lie: not below its location, where cleaners delete what no snapshot names. */
export function stateFolder({
  location,
  database,
  table,
}: Pick<TableDefinition, 'location' | 'database' | 'table'>): string {
  const [, bucket = ''] = /^s3:\/\/([^/]+)\//.exec(location) ?? [];
  return `s3://${bucket}/_builds/${database}.${table}`;
}

export const writeState = (io: BuildDeps['io'], uri: string, content: BuildState): Promise<void> =>
  io.write(uri, gzipSync(JSON.stringify(content)));

/** A state, or undefined where it is gone or of another form. */
export async function readState(io: BuildDeps['io'], uri: string): Promise<BuildState | undefined> {
  const content = await io.read(uri).catch((error: unknown) => {
    if (error instanceof TributaryError && error.code === 'object_missing') return undefined;
    throw error;
  });
  return content && state.safeParse(JSON.parse(gunzipSync(content).toString('utf8'))).data;
}

/** The files beside itself that a state consists of. */
export const filesOf = ({ keys, tombstones }: Pick<BuildState, 'keys' | 'tombstones'>): readonly string[] =>
  [...keys, ...tombstones].map(({ uri }) => uri);

export const packed = (set: PartitionSet): z.infer<typeof partitions> => [
  ...rangesOf(set).map(([from, to]): [number, number] => [from, to]),
  ...(set.has(null) ? [null] : []),
];

export const unpacked = (entries: z.infer<typeof partitions>): PartitionSet =>
  new Set<Partition>(
    entries.flatMap((entry) =>
      entry === null ? [null] : Array.from({ length: entry[1] - entry[0] + 1 }, (_, index) => entry[0] + index),
    ),
  );

/** The partition of a file, as a state names it. */
export const partitionKey = ({ partition }: Pick<DataFile, 'partition'>): string => partition.map(String).join('/');

/** How a table is partitioned, as a state names it. */
export const partitioningOf = ({ partitionBy }: Pick<TableDefinition, 'partitionBy'>): string =>
  partitionBy.map(({ column, transform }) => `${transform}(${column})`).join(',');
