/** What arrived and what became of it: a row of the intake table. received = accepted + quarantined. */
export interface IntakeRecord {
  readonly source: string;
  readonly road: 'file' | 'stream';
  readonly origin: string;
  readonly first_position: string | null;
  readonly last_position: string | null;
  readonly status: 'ingested' | 'refused';
  /** Of a refused file. */
  readonly reason: string | null;
  readonly message: string | null;
  readonly received: number;
  readonly accepted: number;
  readonly quarantined: number;
  readonly bytes: number;
  readonly bronze_objects: number;
  readonly contract_version: number | null;
  /** ISO 8601 in UTC. */
  readonly received_at: string;
  readonly seconds: number;
}

/** JSON lines, as the intake table reads them. */
export const ledgerText = (records: readonly IntakeRecord[]): string =>
  records.map((record) => `${JSON.stringify(record)}\n`).join('');
