/** A refused record, or a refused file at position 0, as the quarantine table tells of it; once, however often it is there. */
export interface QuarantinedRow {
  readonly source: string;
  readonly road: 'file' | 'stream';
  readonly origin: string;
  readonly position: string;
  readonly reason: string;
  readonly field: string | null;
  readonly message: string;
  readonly eventId: string | null;
  readonly contractVersion: number | null;
  readonly receivedAt: string;
  /** As the table has it: sealed where there is a cipher; the address of the copy of a refused file. */
  readonly raw: string | null;
}

/** What identifies a received record. */
export type RecordIdentity = Pick<QuarantinedRow, 'origin' | 'position'>;

/** `transaction-events/shardId-0#1000`, `pos_transactions/a.csv#<etag>#17` */
export const recordId = ({ origin, position }: RecordIdentity): string => `${origin}#${position}`;

export const isWholeFile = ({ road, position }: Pick<QuarantinedRow, 'road' | 'position'>): boolean =>
  road === 'file' && position === '0';
