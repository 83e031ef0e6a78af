import type { Contract } from '../contracts/contract.ts';
import { isJsonRecord } from '../readers/json.ts';
import type { JsonRecord } from '../validator/layout.ts';
import type { PulledRecord } from './pull.ts';
import { versionOf } from './version.ts';

/** The value at a path such as `data.items`; undefined when there is none. '' is the value itself. */
export function atPath(value: unknown, path: string): unknown {
  if (path === '') return value;
  return path
    .split('.')
    .reduce<unknown>(
      (inner, name) => (isJsonRecord(inner) && Object.hasOwn(inner, name) ? inner[name] : undefined),
      value,
    );
}

/** Digits that every double keeps. */
const EXACT_DIGITS = 15;
const significantDigits = (number: string): number =>
  number
    .replace(/[eE].*$/, '')
    .replace(/^-?[0.]*/, '')
    .replaceAll('.', '').length;

/** Parses JSON. A number with more digits than a double keeps becomes its text, which contracts read as exactly. */
export function parseExactly(text: string): unknown {
  return JSON.parse(text, (_name, value: unknown, context?: { readonly source?: string }) => {
    if (typeof value !== 'number' || context?.source === undefined) return value;
    const isExact = significantDigits(context.source) <= EXACT_DIGITS && Number.isFinite(value);
    return isExact ? value : context.source;
  });
}

/** Fields of an extraction's `rename` put under the contract's names, at the top of the record. */
export function renamed(record: JsonRecord, rename: Readonly<Record<string, string>>): JsonRecord {
  const found = Object.entries(rename).flatMap(([path, field]) => {
    const value = atPath(record, path);
    return value === undefined ? [] : [[field, value] as const];
  });
  const moved = Object.keys(rename).filter((path) => !path.includes('.'));
  const kept = Object.entries(record).filter(([name]) => !moved.includes(name));
  return Object.fromEntries([...kept, ...found]);
}

/** A record as a source sent it, as the line of a file. What is no object is left to ingestion, which refuses it. */
export function pulledRecord(
  contract: Contract,
  value: unknown,
  rename: Readonly<Record<string, string>>,
): PulledRecord {
  if (!isJsonRecord(value)) return { line: JSON.stringify(value), version: undefined };
  const record = Object.keys(rename).length === 0 ? value : renamed(value, rename);
  return { line: JSON.stringify(record), version: versionOf(contract, record) };
}
