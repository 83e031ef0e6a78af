import type { ExternalTable } from '../../common/external-table.ts';
import type { Contract } from './contract.ts';
import { ENVELOPE } from './envelope.ts';
import { athenaType } from './field.ts';
import { contracts } from './index.ts';
import { bronzeColumns } from './personal.ts';

const HOURLY = [
  { name: 'ingest_date', projection: 'date' },
  { name: 'ingest_hour', projection: 'hour' },
] as const;

/** The bronze table of a source: its contract's columns, then the envelope's. */
export function bronzeTable(contract: Contract): ExternalTable {
  return {
    database: 'bronze',
    name: contract.source,
    description: contract.description,
    format: 'parquet',
    bucket: 'bronze',
    prefix: contract.source,
    columns: [...bronzeColumns(contract), ...ENVELOPE].map(({ name, type, description }) => ({
      name,
      type: athenaType(type),
      description,
    })),
    partitions: HOURLY,
  };
}

/** Where records go whose source nobody could tell. */
export const UNKNOWN_SOURCE = 'unknown';

const text = { kind: 'string' } as const;

/** What quarantine tells of a refused record (or file, at position 0). */
export const QUARANTINE_COLUMNS = [
  { name: 'road', type: text, description: 'file or stream' },
  { name: 'origin', type: text, description: 'Stream and shard, or landing object and its ETag' },
  { name: 'position', type: text, description: 'Sequence number in the shard, or row number in the file' },
  { name: 'reason', type: text, description: 'Code of the first reason for the refusal' },
  { name: 'field', type: text, description: 'Field that the first reason is about, where it is about one' },
  { name: 'message', type: text, description: 'Every reason, in words' },
  { name: 'raw', type: text, description: 'The record as received, encrypted; the address of a refused file' },
  { name: 'event_id', type: text, description: 'CloudEvents id, where it could be read' },
  { name: 'contract_version', type: { kind: 'integer' }, description: 'Version of the contract that refused it' },
  { name: 'received_at', type: { kind: 'timestamp' }, description: 'When Tributary received it' },
] as const;

/** Every refused record with its reason: received = bronze + quarantine. */
export const QUARANTINE_TABLE: ExternalTable = {
  database: 'bronze',
  name: 'quarantine',
  description: 'Records and files that were refused, with the reason; one row per refused record or file',
  format: 'parquet',
  bucket: 'quarantine',
  prefix: 'records',
  columns: QUARANTINE_COLUMNS.map((column) => ({ ...column, type: athenaType(column.type) })),
  partitions: [
    { name: 'source', projection: 'enum', values: [...contracts.map(({ source }) => source), UNKNOWN_SOURCE] },
    { name: 'ingest_date', projection: 'date' },
  ],
};

/** One row per file or stream batch and source: what arrived and what became of it. */
export const INTAKE_TABLE: ExternalTable = {
  database: 'operations',
  name: 'intake',
  description: 'What arrived on each road and what became of it; one row per file, or per stream batch and source',
  format: 'json',
  bucket: 'operations',
  prefix: 'intake',
  columns: [
    { name: 'source', type: 'string', description: 'Contract, or unknown' },
    { name: 'road', type: 'string', description: 'file or stream' },
    { name: 'origin', type: 'string', description: 'Landing object and its ETag, or stream and shard' },
    { name: 'first_position', type: 'string', description: 'First row number or sequence number' },
    { name: 'last_position', type: 'string', description: 'Last row number or sequence number' },
    { name: 'status', type: 'string', description: 'ingested or refused' },
    { name: 'reason', type: 'string', description: 'Code of the refusal of a whole file' },
    { name: 'message', type: 'string', description: 'The refusal of a whole file, in words' },
    { name: 'received', type: 'bigint', description: 'Records received' },
    { name: 'accepted', type: 'bigint', description: 'Records in bronze' },
    { name: 'quarantined', type: 'bigint', description: 'Records in quarantine' },
    { name: 'bytes', type: 'bigint', description: 'Bytes received' },
    { name: 'bronze_objects', type: 'int', description: 'Objects written to bronze' },
    { name: 'contract_version', type: 'int', description: 'Version of the contract' },
    { name: 'received_at', type: 'string', description: 'When it was received, ISO 8601 in UTC' },
    { name: 'seconds', type: 'double', description: 'Time it took' },
  ],
  partitions: [{ name: 'ingest_date', projection: 'date' }],
};
