import type { Contract } from '../contracts/contract.ts';
import { microsOfText, textOfMicros } from '../validator/instant.ts';
import type { JsonRecord } from '../validator/layout.ts';

/**
 * A moment as `2026-11-21T10:15:00.123456Z`: UTC with microseconds, always of the same length, so that moments compare
 * as text does.
 */
export type Moment = string;

/** Milliseconds since 1970 below which a number is taken for seconds: the year 5138 in seconds, 1973 in milliseconds. */
const MILLISECONDS_FROM = 100_000_000_000;

/** The moment that a value stands for (ISO 8601, or a number of seconds or milliseconds since 1970), if it is one. */
export function momentOf(value: unknown): Moment | undefined {
  if (typeof value === 'number' && Number.isFinite(value)) {
    const milliseconds = Math.abs(value) < MILLISECONDS_FROM ? value * 1000 : value;
    return checked(BigInt(Math.round(milliseconds * 1000)));
  }
  const micros = typeof value === 'string' ? microsOfText(value.trim()) : undefined;
  return micros === undefined ? undefined : checked(BigInt(micros));
}

const EARLIEST = microsOf('0001-01-01T00:00:00.000000Z');
const LATEST = microsOf('9999-12-31T23:59:59.999999Z');

const checked = (micros: bigint): Moment | undefined =>
  micros >= EARLIEST && micros <= LATEST ? textOfMicros(micros) : undefined;

function microsOf(moment: Moment): bigint {
  return BigInt(microsOfText(moment) ?? 0);
}

/** So many seconds earlier, but never before the year 1. */
export function earlier(moment: Moment, seconds: number): Moment {
  const micros = microsOf(moment) - BigInt(Math.round(seconds * 1_000_000));
  return textOfMicros(micros < EARLIEST ? EARLIEST : micros);
}

export const nowMoment = (now: Date = new Date()): Moment => textOfMicros(BigInt(now.getTime()) * 1000n);

export const laterOf = (a: Moment | null, b: Moment | null): Moment | null =>
  a === null || (b !== null && b > a) ? b : a;

export const dateOf = (moment: Moment): Date => new Date(moment);

/** The names under which a field of a contract may come, its own first. */
export function namesOf(contract: Contract, field: string): readonly string[] {
  return [field, ...(contract.fields[field]?.aliases ?? [])];
}

/** The version of a record, by the contract's version column or the first of its aliases that the record has. */
export function versionOf(contract: Contract, record: JsonRecord): Moment | undefined {
  const name = namesOf(contract, contract.versionColumn).find((candidate) => record[candidate] !== undefined);
  return name === undefined ? undefined : momentOf(record[name]);
}
