import type { FieldType } from './field.ts';

export type EnvelopeName =
  | '_event_id'
  | '_event_time'
  | '_ingested_at'
  | '_origin'
  | '_position'
  | '_contract_version'
  | '_subject'
  | '_extra';

export interface EnvelopeColumn {
  readonly name: EnvelopeName;
  readonly type: FieldType;
  readonly description: string;
}

/**
 * The columns that every bronze table carries beside the contract's own. `_origin` and `_position` together identify
 * one received record: bronze is at-least-once, so counts go by distinct (`_origin`, `_position`).
 */
export const ENVELOPE: readonly EnvelopeColumn[] = [
  { name: '_event_id', type: { kind: 'string' }, description: 'CloudEvents id; null for a row of a file' },
  {
    name: '_event_time',
    type: { kind: 'timestamp' },
    description: 'When it happened, by the contract’s event-time column',
  },
  { name: '_ingested_at', type: { kind: 'timestamp' }, description: 'When Tributary received it' },
  { name: '_origin', type: { kind: 'string' }, description: 'Stream and shard, or landing object and its ETag' },
  {
    name: '_position',
    type: { kind: 'string' },
    description: 'Sequence number in the shard, or row number in the file',
  },
  { name: '_contract_version', type: { kind: 'integer' }, description: 'Version of the contract that accepted it' },
  {
    name: '_subject',
    type: { kind: 'string' },
    description: 'Token of the person whose key encrypts the personal values; null where there are none',
  },
  {
    name: '_extra',
    type: { kind: 'string' },
    description: 'Fields the contract does not know, as a JSON object; encrypted where the source sends personal data',
  },
];

/** Partition columns of every bronze table, in UTC: `<source>/ingest_date=<yyyy-mm-dd>/ingest_hour=<hh>/`. */
export const BRONZE_PARTITIONS = ['ingest_date', 'ingest_hour'] as const;
