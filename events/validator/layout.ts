import type { Contract } from '../contracts/contract.ts';
import { hasPersonalFields } from '../contracts/personal.ts';
import { type FieldMatch, fieldFinder } from './field-names.ts';

/**
 * How records of one shape (a CSV header, a Parquet schema) map onto a contract's fields. A field's own name goes
 * before its aliases, and both before names that are the same but for case, blanks and punctuation; what maps onto no
 * field is unknown.
 */
export interface ColumnLayout {
  /** Required fields that no column provides. */
  readonly missing: readonly string[];
  /** A row's values in the order of the contract's fields. The array is used again for the next row. */
  values(row: readonly unknown[]): readonly unknown[];
  /** The unknown columns of a row as a JSON object; null when there are none. */
  extra(row: readonly unknown[]): string | null;
}

/** JSON of unknown fields. */
function extraJson(fields: readonly (readonly [string, unknown])[]): string | null {
  const given = fields.filter(([, value]) => value !== undefined && value !== null && value !== '');
  return given.length === 0 ? null : JSON.stringify(Object.fromEntries(given), safeForJson);
}

/** Parquet's 64-bit integers as JSON: a number where that is exact. */
function safeForJson(_key: string, value: unknown): unknown {
  if (typeof value !== 'bigint') return value;
  return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
}

/** Which of several columns or keys that stand for the same field gives its value: the one whose name agrees best. */
class BestSources<Source> {
  readonly #ranks: Float64Array;
  readonly sources: (Source | undefined)[];

  constructor(fields: number) {
    this.#ranks = new Float64Array(fields);
    this.sources = new Array<Source | undefined>(fields);
    this.clear();
  }

  clear(): void {
    this.#ranks.fill(Number.POSITIVE_INFINITY);
    this.sources.fill(undefined);
  }

  /** The source that is not used: the one offered or the one that it takes the place of. */
  offer({ index, rank }: FieldMatch, source: Source): Source | undefined {
    if (rank >= (this.#ranks[index] ?? 0)) return source;
    const replaced = this.sources[index];
    this.#ranks[index] = rank;
    this.sources[index] = source;
    return replaced;
  }
}

/** The layout of rows whose values stand in the order of `columns`. */
export function columnLayout(contract: Contract, columns: readonly string[]): ColumnLayout {
  const fields = Object.entries(contract.fields);
  const find = fieldFinder(contract);
  const best = new BestSources<number>(fields.length);
  for (const [at, name] of columns.entries()) {
    const match = find(name);
    if (match) best.offer(match, at);
  }
  const positions = best.sources.map((at) => at ?? -1);
  const unknown = columns.flatMap((name, at) => (positions.includes(at) ? [] : [{ name, at }]));
  const values: unknown[] = new Array(positions.length);
  return {
    missing: fields.flatMap(([name, { required }], index) => (required && positions[index] === -1 ? [name] : [])),
    values: (row) => {
      for (let index = 0; index < positions.length; index++) values[index] = row[positions[index] ?? -1];
      return values;
    },
    extra: (row) => {
      if (unknown.length === 0) return null;
      return extraJson(unknown.map(({ name, at }) => [name, row[at]]));
    },
  };
}

export type JsonRecord = Readonly<Record<string, unknown>>;

/** Like `ColumnLayout`, for JSON objects, each of which may have other fields. */
export interface ObjectLayout {
  /** The array is used again for the next record. */
  values(record: JsonRecord): readonly unknown[];
  extra(record: JsonRecord): string | null;
}

export function objectLayout(contract: Contract): ObjectLayout {
  const find = fieldFinder(contract);
  const best = new BestSources<string>(Object.keys(contract.fields).length);
  const values: unknown[] = new Array(best.sources.length);
  let unknown: string[] = [];
  let scanned: JsonRecord | undefined;

  const scan = (record: JsonRecord): void => {
    if (record === scanned) return;
    scanned = record;
    unknown = [];
    best.clear();
    for (const key in record) {
      if (record[key] === undefined) continue;
      const match = find(key);
      const unused = match ? best.offer(match, key) : key;
      if (unused !== undefined) unknown.push(unused);
    }
  };

  return {
    values: (record) => {
      scan(record);
      for (let index = 0; index < values.length; index++) {
        const key = best.sources[index];
        values[index] = key === undefined ? undefined : record[key];
      }
      return values;
    },
    extra: (record) => {
      scan(record);
      if (unknown.length === 0) return null;
      return extraJson(unknown.map((key) => [key, record[key]]));
    },
  };
}

/**
 * A record as people may see it: without its personal values, and the unknown ones of sources that send personal data.
 *
 * @param raw the record as received
 * @param record its fields by name; undefined when it could not be taken apart
 */
export function quarantinedText(contract: Contract, raw: string, record: JsonRecord | undefined): string | null {
  if (!hasPersonalFields(contract)) return raw;
  if (record === undefined) return null;
  const find = fieldFinder(contract);
  const fields = Object.values(contract.fields);
  const mayShow = (name: string): boolean => {
    const match = find(name);
    return match !== undefined && fields[match.index]?.personal === undefined;
  };
  const shown = Object.entries(record).map(([name, value]) => [name, mayShow(name) ? value : null]);
  return JSON.stringify(Object.fromEntries(shown), safeForJson);
}
