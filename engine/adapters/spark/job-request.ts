import type { S3Client } from '@aws-sdk/client-s3';
import { SPARK_PRELUDE } from '../../dialect/targets/spark/prelude.ts';
import type { PartitionBy } from '../../model.ts';
import type { InputTable, QueryRequest, WriteRequest } from '../adapter.ts';
import { type SparkView, sparkView } from './scans.ts';
import { type SparkSchema, sparkSchema } from './types.ts';

/** What the job reads as JSON from the object that its `--request` names. */
export interface JobRequest {
  /** Run in this order before anything else. */
  readonly statements: readonly string[];
  readonly views: readonly SparkView[];
  readonly sql: string;
  /** Object that the answer is written to. */
  readonly answer: string;
  /** Rows that the answer may hold; for a query. */
  readonly maxRows?: number;
  readonly write?: JobTarget;
}

/** How the rows are to be written. Expressions are Spark's SQL over the target's columns. */
export interface JobTarget {
  readonly schema: SparkSchema;
  /** Texts that name the partition of a row. */
  readonly partition: readonly string[];
  readonly sortBy: readonly string[];
  /** A number of 59 bits from the values of a row. */
  readonly hash: string;
  /** A new folder of its own. */
  readonly folder: string;
}

/** Rows that a build reads back at most: results of checks, samples, lists of partitions. */
const MAX_ROWS = 100_000;

/** Of input, compressed as it is. */
const PART_BYTES = 32_000_000;
const [LEAST_PARTS, MOST_PARTS] = [8, 5_000];

/** The settings that reading and writing files need, beside those of the dialect. */
const FILE_SETTINGS: readonly string[] = [
  'set spark.sql.adaptive.enabled=true',
  // What the rows of a file take on their way to it: two to three times as much as the file.
  'set spark.sql.adaptive.advisoryPartitionSizeInBytes=384MB',
  'set spark.sql.adaptive.coalescePartitions.parallelismFirst=false',
  'set spark.sql.parquet.compression.codec=zstd',
  'set spark.sql.parquet.datetimeRebaseModeInRead=CORRECTED',
  'set spark.sql.parquet.datetimeRebaseModeInWrite=CORRECTED',
  'set spark.sql.parquet.fieldId.read.enabled=true',
  'set spark.sql.parquet.fieldId.write.enabled=true',
  'set spark.sql.parquet.outputTimestampType=TIMESTAMP_MICROS',
  'set spark.sql.parquet.writeLegacyFormat=false',
];

/** Throws `object_missing` and `engine_unsupported`. */
export async function jobRequest(
  s3: S3Client,
  request: QueryRequest,
  fields: Pick<JobRequest, 'answer' | 'write'>,
): Promise<JobRequest> {
  const wanted = request.inputs.filter(({ name }) => request.sql.includes(identifier(name)));
  const views: SparkView[] = [];
  for (const input of wanted) views.push(await sparkView(s3, input));
  return {
    statements: [
      ...SPARK_PRELUDE,
      ...FILE_SETTINGS,
      `set spark.sql.shuffle.partitions=${shuffleParts(wanted)}`,
      `set tributary.as_of=${request.asOf}`,
    ],
    views,
    sql: request.sql.replace(/[;\s]+$/, ''),
    ...(fields.write === undefined && { maxRows: MAX_ROWS }),
    ...fields,
  };
}

/** Into how many parts rows are dealt out at first; Spark makes one of those that turn out to be small. */
function shuffleParts(inputs: readonly InputTable[]): number {
  const bytes = inputs.flatMap(({ files }) => files).reduce((sum, file) => sum + file.bytes, 0);
  return Math.min(MOST_PARTS, Math.max(LEAST_PARTS, Math.ceil(bytes / PART_BYTES)));
}

export const jobTarget = ({ columns, partitionBy, sortBy, exempt = [] }: WriteRequest, folder: string): JobTarget => ({
  schema: sparkSchema(columns),
  partition: partitionBy.map(partitionText),
  sortBy,
  hash: rowHash(columns.map(({ name }) => name).filter((name) => !exempt.includes(name))),
  folder,
});

export const identifier = (name: string): string => `\`${name.replaceAll('`', '``')}\``;

function partitionText({ column, transform }: PartitionBy): string {
  const name = identifier(column);
  switch (transform) {
    case 'day':
      return `cast(cast(${name} as date) as string)`;
    case 'month':
      return `substr(cast(cast(${name} as date) as string), 1, 7)`;
    case 'identity':
      return `cast(${name} as string)`;
  }
}

/** Spark's hash passes over nulls, so whether a value is one goes in too. */
function rowHash(columns: readonly string[]): string {
  if (columns.length === 0) return '0L';
  const values = columns.map(identifier).flatMap((name) => [name, `${name} is null`]);
  return `shiftrightunsigned(xxhash64(${values.join(', ')}), 5)`;
}
