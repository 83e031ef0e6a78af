import { TributaryError } from '../../common/errors.ts';
import { contractOf, contracts } from '../../events/contracts/index.ts';
import { UNKNOWN_SOURCE } from '../../events/contracts/tables.ts';
import type { QuarantinedRow } from '../../events/replay/quarantined-row.ts';
import { recordId } from '../../events/replay/quarantined-row.ts';
import { type QueryOptions, queryRows, runQuery, type Value } from '../query/athena.ts';

/** Which refused records; undefined is any. */
export interface QuarantineFilter {
  readonly source?: string;
  readonly reason?: string;
  /** First date of arrival, yyyy-mm-dd, UTC. */
  readonly since?: string;
}

/** Refused records that are alike. */
export interface QuarantineGroup {
  readonly source: string;
  readonly reason: string;
  readonly field: string | null;
  readonly contractVersion: number | null;
  readonly records: number;
  readonly firstSeen: string;
  readonly lastSeen: string;
  readonly example: string;
}

const text = (value: string): string => `'${value.replaceAll("'", "''")}'`;

/** Throws `unknown_source`. */
export function requireSource(source: string): string {
  if (source === UNKNOWN_SOURCE || contractOf(source) !== undefined) return source;
  throw new TributaryError({
    code: 'unknown_source',
    message: `there is no source ${source}`,
    advice: `choose among ${[...contracts.map((contract) => contract.source), UNKNOWN_SOURCE].join(', ')}`,
  });
}

function conditions({ source, reason, since }: QuarantineFilter): string {
  const all = [
    ...(source === undefined ? [] : [`source = ${text(requireSource(source))}`]),
    ...(reason === undefined ? [] : [`reason = ${text(reason)}`]),
    ...(since === undefined ? [] : [`ingest_date >= ${text(since)}`]),
  ];
  return all.length === 0 ? '' : `where ${all.join(' and ')}`;
}

/** Refused records by source, reason, field and contract version; a record that was delivered twice counts once. */
export async function quarantineGroups(filter: QuarantineFilter, options: QueryOptions): Promise<QuarantineGroup[]> {
  const rows = await queryRows(
    `select source, reason, field, contract_version, count(distinct concat(origin, '#', position)) as records,
       cast(min(received_at) as varchar) as first_seen, cast(max(received_at) as varchar) as last_seen,
       min(message) as example
     from bronze.quarantine ${conditions(filter)}
     group by source, reason, field, contract_version
     order by source, records desc, reason, field`,
    options,
  );
  return rows.map((row) => ({
    source: String(row.source),
    reason: String(row.reason),
    field: textOrNull(row.field),
    contractVersion: numberOrNull(row.contract_version),
    records: Number(row.records),
    firstSeen: String(row.first_seen),
    lastSeen: String(row.last_seen),
    example: String(row.example),
  }));
}

const textOrNull = (value: Value | undefined): string | null =>
  value === null || value === undefined ? null : String(value);

const numberOrNull = (value: Value | undefined): number | null =>
  value === null || value === undefined ? null : Number(value);

/** The refused records, each once, as the newest contract judged it; read page by page. */
export async function* quarantinedRows(
  filter: QuarantineFilter,
  options: QueryOptions,
  id?: string,
): AsyncGenerator<QuarantinedRow> {
  const { columns, pages } = await runQuery(
    `select source, road, origin, position, reason, field, message, event_id, contract_version,
       cast(received_at as varchar) as received_at, raw
     from (
       select *, row_number() over (
         partition by origin, position order by contract_version desc nulls last, received_at, reason, message
       ) as receipt
       from bronze.quarantine ${conditions(filter)}
     )
     where receipt = 1 ${id === undefined ? '' : `and (concat(origin, '#', position) = ${text(id)} or event_id = ${text(id)})`}
     order by origin, length(position), position`,
    options,
  );
  const at = (name: string): number => columns.findIndex((column) => column.name === name);
  const [source, road, origin, position, reason, field] = [
    'source',
    'road',
    'origin',
    'position',
    'reason',
    'field',
  ].map(at);
  const [message, eventId, version, receivedAt, raw] = [
    'message',
    'event_id',
    'contract_version',
    'received_at',
    'raw',
  ].map(at);
  for await (const page of pages) {
    for (const row of page) {
      const cell = (index: number | undefined): Value => row[index ?? -1] ?? null;
      yield {
        source: String(cell(source)),
        road: cell(road) === 'stream' ? 'stream' : 'file',
        origin: String(cell(origin)),
        position: String(cell(position)),
        reason: String(cell(reason)),
        field: textOrNull(cell(field)),
        message: String(cell(message)),
        eventId: textOrNull(cell(eventId)),
        contractVersion: numberOrNull(cell(version)),
        receivedAt: String(cell(receivedAt)),
        raw: textOrNull(cell(raw)),
      };
    }
  }
}

/** Ids of all records of a source that are in quarantine. */
export async function quarantinedIds(source: string, options: QueryOptions): Promise<ReadonlySet<string>> {
  const sql = `select distinct origin, position from bronze.quarantine ${conditions({ source })}`;
  const ids = new Set<string>();
  const { pages } = await runQuery(sql, options);
  for await (const page of pages) {
    for (const [origin, position] of page) ids.add(recordId({ origin: String(origin), position: String(position) }));
  }
  return ids;
}

/** Sources with refused records. */
export async function quarantinedSources(filter: QuarantineFilter, options: QueryOptions): Promise<readonly string[]> {
  const rows = await queryRows(
    `select distinct source from bronze.quarantine ${conditions(filter)} order by source`,
    options,
  );
  return rows.map(({ source }) => String(source));
}
