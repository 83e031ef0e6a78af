import type { Contract } from '../contracts/contract.ts';

/**
 * How records of one shape (a CSV header, a Parquet schema) map onto a contract's fields. A field's own name goes
 * before its aliases; what maps onto no field is unknown.
 */
export interface ColumnLayout {
  /** Required fields that no column provides. */
  readonly missing: readonly string[];
  /** A row's values in the order of the contract's fields. The array is used again for the next row. */
  values(row: readonly unknown[]): readonly unknown[];
  /** The unknown columns of a row as a JSON object; null when there are none. */
  extra(row: readonly unknown[]): string | null;
}

/** JSON of unknown fields, as far as the contract lets them be kept: their values, or null beside each name. */
function extraJson(contract: Contract, fields: readonly (readonly [string, unknown])[]): string | null {
  const given = fields.filter(([, value]) => value !== undefined && value !== null && value !== '');
  if (given.length === 0) return null;
  const kept = contract.unknownFields === 'values' ? given : given.map(([name]) => [name, null] as const);
  return JSON.stringify(Object.fromEntries(kept), safeForJson);
}

/** Parquet's 64-bit integers as JSON: a number where that is exact. */
function safeForJson(_key: string, value: unknown): unknown {
  if (typeof value !== 'bigint') return value;
  return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
}

/** The layout of rows whose values stand in the order of `columns`. */
export function columnLayout(contract: Contract, columns: readonly string[]): ColumnLayout {
  const fields = Object.entries(contract.fields);
  const positions = fields.map(([name, { aliases = [] }]) => {
    const found = [name, ...aliases].map((candidate) => columns.indexOf(candidate)).find((at) => at >= 0);
    return found ?? -1;
  });
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
      return extraJson(
        contract,
        unknown.map(({ name, at }) => [name, row[at]]),
      );
    },
  };
}

export type JsonRecord = Readonly<Record<string, unknown>>;

/** Like `ColumnLayout`, for JSON objects, each of which may have other fields. */
export interface ObjectLayout {
  values(record: JsonRecord): readonly unknown[];
  extra(record: JsonRecord): string | null;
}

export function objectLayout(contract: Contract): ObjectLayout {
  const candidates = Object.entries(contract.fields).map(([name, { aliases = [] }]) => [name, ...aliases]);
  const sourceOf = (record: JsonRecord, names: readonly string[]) => names.find((name) => record[name] !== undefined);
  const fieldOf = new Map(candidates.flatMap((names) => names.map((name) => [name, names] as const)));
  const isUnknown = (record: JsonRecord, key: string): boolean => {
    const names = fieldOf.get(key);
    return names === undefined || sourceOf(record, names) !== key;
  };
  const values: unknown[] = new Array(candidates.length);
  return {
    values: (record) => {
      for (let index = 0; index < candidates.length; index++) {
        const names = candidates[index] ?? [];
        let value: unknown;
        for (let at = 0; value === undefined && at < names.length; at++) value = record[names[at] ?? ''];
        values[index] = value;
      }
      return values;
    },
    extra: (record) => {
      let unknown: [string, unknown][] | undefined;
      for (const key in record) {
        if (isUnknown(record, key)) {
          unknown ??= [];
          unknown.push([key, record[key]]);
        }
      }
      return unknown ? extraJson(contract, unknown) : null;
    },
  };
}

/**
 * A refused record as quarantine may show it: as received where the contract has no personal fields and lets unknown
 * ones be kept, else without personal and unknown values.
 *
 * @param raw the record as received
 * @param record its fields by name; undefined when it could not be taken apart
 */
export function quarantinedText(contract: Contract, raw: string, record: JsonRecord | undefined): string | null {
  const fields = Object.entries(contract.fields);
  const hasPersonal = fields.some(([, { classification }]) => classification === 'personal');
  if (contract.unknownFields === 'values' && !hasPersonal) return raw;
  if (record === undefined) return null;
  const shown = fields.flatMap(([name, { classification, aliases = [] }]) =>
    classification === 'personal' ? [] : [name, ...aliases],
  );
  return JSON.stringify(
    Object.fromEntries(Object.entries(record).map(([name, value]) => [name, shown.includes(name) ? value : null])),
    safeForJson,
  );
}
