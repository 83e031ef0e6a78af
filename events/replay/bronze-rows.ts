import { parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { TributaryError } from '../../common/errors.ts';
import type { Contract } from '../contracts/contract.ts';
import type { FieldType } from '../contracts/field.ts';
import { hasPersonalFields, isEncrypted } from '../contracts/personal.ts';
import { decrypt } from '../privacy/cipher.ts';
import type { KeyState, PersonalKeys } from '../privacy/subject-key.ts';
import { textOfMicros, UtcMicros } from '../validator/instant.ts';
import type { JsonRecord } from '../validator/layout.ts';
import { type RecordIdentity, recordId } from './quarantined-row.ts';

type Cells = Readonly<Record<string, unknown>>;

/** An accepted record as it was received, as far as bronze has it. */
export interface AcceptedRecord extends RecordIdentity {
  /** The CloudEvents id it came with, or one that follows from its place in its file. */
  readonly eventId: string;
  /** Microseconds since 1970. */
  readonly receivedAt: bigint;
  /** Business key and version: records that share them are one. */
  readonly version: string;
  /** Undefined for a record of an erased person. */
  readonly data: JsonRecord | undefined;
}

/** Timestamps and dates keep their exact value. */
const parsers = {
  timestampFromMilliseconds: (millis: bigint) => new UtcMicros(millis * 1000n),
  timestampFromMicroseconds: (micros: bigint) => new UtcMicros(micros),
  timestampFromNanoseconds: (nanos: bigint) => new UtcMicros(nanos / 1000n),
  dateFromDays: (days: number) => new UtcMicros(BigInt(days) * 86_400_000_000n),
};

/**
 * The records of a bronze object, personal fields decrypted. Throws `cannot_restore` for a contract that requires a field
 * of which bronze has only a token.
 */
export async function acceptedRecords(
  contract: Contract,
  object: ArrayBuffer,
  keys: PersonalKeys,
): Promise<readonly AcceptedRecord[]> {
  requireRestorable(contract);
  const rows: readonly Cells[] = await parquetReadObjects({ file: object, compressors, parsers });
  const subjects = new Set(rows.flatMap(({ _subject }) => (typeof _subject === 'string' ? [_subject] : [])));
  const known = subjects.size > 0 ? await keys.find(subjects) : new Map<string, KeyState>();
  return rows.map((row) => acceptedRecord(contract, row, known));
}

function requireRestorable({ source, fields }: Contract): void {
  const lost = Object.entries(fields).find(
    ([, { required, personal }]) => required && personal && !isEncrypted(personal),
  );
  if (lost === undefined) return;
  throw new TributaryError({
    code: 'cannot_restore',
    message: `bronze has only a token of ${lost[0]}, which the contract requires`,
    where: source,
  });
}

function acceptedRecord(contract: Contract, row: Cells, keys: ReadonlyMap<string, KeyState>): AcceptedRecord {
  const identity = { origin: String(row._origin), position: String(row._position) };
  return {
    ...identity,
    eventId: typeof row._event_id === 'string' ? row._event_id : recordId(identity),
    receivedAt: row._ingested_at instanceof UtcMicros ? row._ingested_at.micros : 0n,
    version: JSON.stringify([...contract.key, contract.versionColumn].map((name) => jsonOf(row[name]))),
    data: dataOf(contract, row, keys),
  };
}

function dataOf(contract: Contract, row: Cells, keys: ReadonlyMap<string, KeyState>): JsonRecord | undefined {
  const data: Record<string, unknown> = {};
  const subject = typeof row._subject === 'string' ? row._subject : '';
  if (keys.get(subject) === 'erased') return undefined;
  const opened = (field: string, sealed: unknown): string | undefined =>
    typeof sealed === 'string'
      ? decrypt(sealed, keys.get(subject), { source: contract.source, field, subject })
      : undefined;
  try {
    for (const [name, { type, personal }] of Object.entries(contract.fields)) {
      const value = personal === undefined ? row[name] : opened(name, row[`${name}_encrypted`]);
      if (value === undefined || value === null) continue;
      data[name] = sentValue(type, value);
    }
    const extra = hasPersonalFields(contract) ? opened('_extra', row._extra) : row._extra;
    return typeof extra === 'string' ? { ...JSON.parse(extra), ...data } : data;
  } catch (thrown) {
    if (thrown instanceof TributaryError && GONE.has(thrown.code)) return undefined;
    throw thrown;
  }
}

const GONE = new Set(['subject_erased', 'no_subject_key']);

/** Decimals go as text: readers of Parquet make doubles of them, which are exact to the digits of their scale. */
function sentValue(type: FieldType, value: unknown): unknown {
  if (type.kind === 'decimal' && typeof value === 'number') return value.toFixed(type.scale);
  return type.kind === 'date' ? String(jsonOf(value)).slice(0, 10) : jsonOf(value);
}

/** As producers send it: timestamps in UTC, large integers as text. */
function jsonOf(value: unknown): unknown {
  if (value instanceof UtcMicros) return textOfMicros(value.micros);
  return typeof value === 'bigint' ? value.toString() : value;
}
