import type { Manifest } from '../../engine/manifest.ts';
import type { Contract } from '../../events/contracts/contract.ts';
import { contractOf } from '../../events/contracts/index.ts';
import { type QueryOptions, queryRows } from '../query/athena.ts';

/** What a source has sent, and what its silver table has of it, as of the last run. */
export interface Reconciliation {
  readonly source: string;
  readonly received: number;
  readonly accepted: number;
  readonly quarantined: number;
  readonly duplicates: number;
  readonly updated: number;
  /** Entities: what accepted leaves without duplicates and updates. */
  readonly created: number;
  /** By ingestion's own count, with what was delivered again. */
  readonly delivered: number;
  /** Undefined where no silver table has the grain of the source. */
  readonly silver: SilverCounts | undefined;
  /** What does not add up, in words; empty where all does. */
  readonly differences: readonly string[];
}

export interface SilverCounts {
  readonly table: string;
  readonly sources: readonly string[];
  /** What its sources sent, without duplicates. */
  readonly expected: number;
  readonly rows: number;
  readonly setAside: number;
}

type Counts = Omit<Reconciliation, 'silver' | 'differences'>;

/** Compares the intake ledger with itself and with silver. Both are of the same run: run the models first. */
export async function reconcile(
  manifest: Manifest,
  source: string | undefined,
  options: QueryOptions,
): Promise<Reconciliation[]> {
  const counts = await ledgerCounts(options);
  const tables = silverTables(manifest);
  const names = tables.map(({ table }) => table);
  const [rows, setAside] = await Promise.all([rowCounts(names, options), setAsideCounts(names, options)]);
  const silver = tables.map(({ table, sources, holds }): SilverCounts => {
    const own = counts.filter((one) => sources.includes(one.source));
    const expected = own.reduce((sum, one) => sum + one.created + (holds === 'versions' ? one.updated : 0), 0);
    return { table, sources, expected, rows: rows.get(table) ?? 0, setAside: setAside.get(table) ?? 0 };
  });
  return counts
    .filter((one) => source === undefined || one.source === source)
    .map((one) => {
      const table = silver.find(({ sources }) => sources.includes(one.source));
      return { ...one, silver: table, differences: differences(one, table) };
    });
}

async function ledgerCounts(options: QueryOptions): Promise<Counts[]> {
  const names = ['received', 'accepted', 'quarantined', 'duplicates', 'updated', 'created', 'delivered'] as const;
  const rows = await queryRows(
    `select source, ${names.map((name) => `sum(${name}) as ${name}`).join(', ')}
     from gold.intake_ledger
     group by source order by source`,
    options,
  );
  return rows.map((row) => {
    const [received = 0, accepted = 0, quarantined = 0, duplicates = 0, updated = 0, created = 0, delivered = 0] =
      names.map((name) => Number(row[name]));
    return { source: String(row.source), received, accepted, quarantined, duplicates, updated, created, delivered };
  });
}

interface SilverTable {
  readonly table: string;
  readonly sources: readonly string[];
  readonly holds: 'entities' | 'versions';
}

/** Silver tables whose grain is the business key of all their sources, or that and the version. */
export function silverTables({ models }: Pick<Manifest, 'models'>): readonly SilverTable[] {
  return models.flatMap(({ layer, name, grain, inputs }): SilverTable[] => {
    const sources = inputs.flatMap((input) => contractOf(input.replace('bronze.', '')) ?? []);
    const columns = /\(([^)]*)\)/.exec(grain)?.[1]?.split(/, */) ?? [];
    if (layer !== 'silver' || sources.length === 0) return [];
    const isGrain = (columnsOf: (contract: Contract) => readonly string[]): boolean =>
      sources.every((contract) => columnsOf(contract).join() === columns.join());
    const table = { table: name, sources: sources.map(({ source }) => source) };
    if (isGrain(({ key }) => key)) return [{ ...table, holds: 'entities' }];
    return isGrain(({ key, versionColumn }) => [...key, versionColumn]) ? [{ ...table, holds: 'versions' }] : [];
  });
}

async function rowCounts(tables: readonly string[], options: QueryOptions): Promise<ReadonlyMap<string, number>> {
  if (tables.length === 0) return new Map();
  const sql = tables.map((table) => `select '${table}' as name, count(*) as found from ${table}`).join(' union all ');
  return new Map((await queryRows(sql, options)).map(({ name, found }) => [String(name), Number(found)]));
}

/** Rows that the checks of each table's last build have set aside, at most: one may fail several checks. */
async function setAsideCounts(tables: readonly string[], options: QueryOptions): Promise<ReadonlyMap<string, number>> {
  if (tables.length === 0) return new Map();
  const rows = await queryRows(
    `select model, sum(failures) as failures
     from (
       select model, action, failures, run_id, max(run_id) over (partition by model) as last_run_id
       from operations.checks where model in (${tables.map((table) => `'${table}'`).join(', ')})
     )
     where run_id = last_run_id and action = 'quarantine'
     group by model`,
    options,
  );
  return new Map(rows.map(({ model, failures }) => [String(model), Number(failures)]));
}

function differences(counts: Counts, silver: Reconciliation['silver']): string[] {
  const { received, accepted, quarantined, duplicates, updated, created, delivered } = counts;
  const found: string[] = [];
  if (received !== accepted + quarantined) found.push('received is not accepted + quarantined');
  if (accepted !== created + updated + duplicates) found.push('accepted is not created + updated + duplicates');
  if (delivered < received) found.push(`${received - delivered} records are in no entry of operations.intake`);
  if (silver === undefined) return found;
  const missing = silver.expected - silver.rows;
  if (missing < 0) found.push(`${silver.table} has ${-missing} rows too many`);
  if (missing > silver.setAside) {
    found.push(`${silver.table} lacks ${missing} rows, of which its checks have set aside ${silver.setAside}`);
  }
  return found;
}
