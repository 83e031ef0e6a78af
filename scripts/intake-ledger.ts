import { TributaryError } from '../common/errors.ts';
import type { Contract } from '../events/contracts/contract.ts';
import { contracts } from '../events/contracts/index.ts';

/** Where the model stands that counts what arrived. */
export const INTAKE_LEDGER = 'sql/gold/governance/intake_ledger.sql';

const HEADER = `/*
description: >-
  What arrived, by source and hour, and what became of it. A received record is a position: whatever is written or
  delivered more than once counts once. received = accepted + quarantined, and
  accepted = created + updated + duplicates; the sum of created is the number of entities, which are the rows of the
  source's silver table. \`npm run docs\` writes this file from the contracts.
owner: data-platform
grain: one row per source and hour (UTC) in which something arrived
kind: table
sort_by: [source, received_hour]
columns:
  - {name: source, type: varchar, description: 'Contract, or unknown', checks: [not_null]}
  - {name: received_hour, type: timestamp, description: 'Hour in which Tributary received the records, UTC', checks: [not_null]}
  - {name: received, type: bigint, description: 'Records received, each once', checks: [not_null, {range: {min: 0}}]}
  - {name: accepted, type: bigint, description: Records in bronze, checks: [not_null]}
  - {name: quarantined, type: bigint, description: 'Records in quarantine; a file that was refused whole is one', checks: [not_null]}
  - {name: created, type: bigint, description: Accepted records that were the first of their business key, checks: [not_null]}
  - {name: updated, type: bigint, description: Accepted records with a new version of a known business key, checks: [not_null]}
  - {name: duplicates, type: bigint, description: Accepted records whose business key and version had been received before, checks: [not_null]}
  - {name: delivered, type: bigint, description: 'Records that ingestion worked on by its own count, operations.intake; more than received where batches or events were delivered again', checks: [not_null]}
checks:
  - unique: {columns: [source, received_hour]}
  - sql:
      name: adds_up
      dimension: consistency
      query: >-
        select source, received_hour from gold.intake_ledger
        where received <> accepted + quarantined or accepted <> created + updated + duplicates
  - sql:
      name: recorded
      dimension: completeness
      action: warn
      query: select source, received_hour from gold.intake_ledger where delivered < received
*/
with

written as (
`;

const REST = `),

records as (
  -- One row per position. A record that one attempt refused and another, under a newer contract, accepted is accepted.
  select
    origin,
    position,
    coalesce(max(case when is_accepted then source end), max(source)) as source,
    bool_or(is_accepted) as is_accepted,
    max(entity) as entity,
    max(version) as version,
    max(received_at) as received_at
  from written
  group by origin, position
),

versions as (
  select source, entity, version, min(received_at) as received_at
  from records
  where is_accepted
  group by source, entity, version
),

entities as (
  select source, min(received_at) as received_at
  from versions
  group by source, entity
),

counts as (
  select
    source,
    date_trunc('hour', received_at) as received_hour,
    count(*) as received,
    count_if(is_accepted) as accepted,
    0 as new_versions,
    0 as created,
    0 as delivered
  from records
  group by source, date_trunc('hour', received_at)
  union all
  -- What is received first in an hour is new there; all else of the hour had been received before.
  select source, date_trunc('hour', received_at), 0, 0, count(*), 0, 0
  from versions
  group by source, date_trunc('hour', received_at)
  union all
  select source, date_trunc('hour', received_at), 0, 0, 0, count(*), 0
  from entities
  group by source, date_trunc('hour', received_at)
  union all
  -- received_at is ISO 8601 in UTC.
  select
    source,
    cast(concat(replace(substr(received_at, 1, 13), 'T', ' '), ':00:00') as timestamp),
    0, 0, 0, 0,
    sum(received)
  from operations.intake
  group by source, cast(concat(replace(substr(received_at, 1, 13), 'T', ' '), ':00:00') as timestamp)
)

select
  source,
  received_hour,
  sum(received) as received,
  sum(accepted) as accepted,
  sum(received) - sum(accepted) as quarantined,
  sum(created) as created,
  sum(new_versions) - sum(created) as updated,
  sum(accepted) - sum(new_versions) as duplicates,
  sum(delivered) as delivered
from counts
group by source, received_hour
having sum(received) > 0 or sum(delivered) > 0
`;

const QUARANTINED = `  select
    source,
    origin,
    position,
    false as is_accepted,
    cast(null as varchar) as entity,
    cast(null as timestamp) as version,
    received_at
  from bronze.quarantine
`;

/** The model that counts over all bronze tables; the same contracts give the same text. */
export const intakeLedger = (sources: readonly Contract[] = contracts): string =>
  `${HEADER}${[...sources.map(accepted), QUARANTINED].join('  union all\n')}${REST}`;

function accepted({ source, key, versionColumn, fields }: Contract): string {
  for (const name of key) {
    if (fields[name]?.required !== true || fields[name]?.personal !== undefined) {
      throw uncountable(source, `its key field ${name} may be missing or is personal`);
    }
  }
  if (fields[versionColumn]?.type.kind !== 'timestamp') {
    throw uncountable(source, `its version column ${versionColumn} is no timestamp`);
  }
  return `  select
    '${source}' as source,
    _origin as origin,
    _position as position,
    true as is_accepted,
    ${entity(key, fields)} as entity,
    ${versionColumn} as version,
    _ingested_at as received_at
  from bronze.${source}
`;
}

/** The business key as one text; no source sends the control character between its parts. */
function entity(key: readonly string[], fields: Contract['fields']): string {
  const texts = key.map((name) => (fields[name]?.type.kind === 'string' ? name : `cast(${name} as varchar)`));
  return texts.length === 1 ? texts.join() : `concat(${texts.join(', chr(31), ')})`;
}

const uncountable = (source: string, message: string) =>
  new TributaryError({ code: 'uncountable_source', message, where: source, advice: 'choose another key or version' });
