import { DEFAULT_DEFECTS, type DefectRates, NO_DEFECTS } from '../../../events/generator/defects.ts';
import type { GeneratorOptions, Handover, TruthTable } from '../../../events/generator/emission.ts';
import { generate } from '../../../events/generator/generate.ts';
import type { JsonRecord } from '../../../events/validator/layout.ts';

/** Everything that a small run has made. */
export interface Run {
  readonly handovers: readonly Handover[];
  records(source: string): readonly JsonRecord[];
  truth(table: TruthTable): readonly JsonRecord[];
}

export const SMALL: GeneratorOptions = {
  seed: 1,
  scale: 0.02,
  days: 30,
  firstDay: '2026-10-02',
  defects: DEFAULT_DEFECTS,
};

/** Every defect often enough to be met in a small run. */
export const MANY_DEFECTS: DefectRates = {
  ...(Object.fromEntries(
    Object.entries(DEFAULT_DEFECTS).map(([defect, rate]) => [defect, rate * 10]),
  ) as unknown as DefectRates),
  fraud: 0.3,
};

export function run(options: GeneratorOptions): Run {
  const bySource = new Map<string, JsonRecord[]>();
  const byTable = new Map<string, JsonRecord[]>();
  const handovers: Handover[] = [];
  const add = (map: Map<string, JsonRecord[]>, name: string, rows: readonly JsonRecord[]) => {
    const list = map.get(name) ?? [];
    map.set(name, list);
    list.push(...rows);
  };
  for (const emission of generate(options)) {
    if (emission.kind === 'truth') add(byTable, emission.table, emission.rows);
    else {
      handovers.push(emission);
      add(bySource, emission.source, emission.records);
    }
  }
  return {
    handovers,
    records: (source) => bySource.get(source) ?? [],
    truth: (table) => byTable.get(table) ?? [],
  };
}

let clean: Run | undefined;

/** A month without defects, made once per test file. */
export function cleanRun(): Run {
  clean ??= run({ ...SMALL, defects: NO_DEFECTS });
  return clean;
}

export const cents = (value: unknown): number => Math.round(Number(value ?? 0) * 100);

/** The newest version of each entity. */
export function latest(records: readonly JsonRecord[], key: (record: JsonRecord) => string): Map<string, JsonRecord> {
  const newest = new Map<string, JsonRecord>();
  for (const record of records) {
    const known = newest.get(key(record));
    if (known === undefined || String(known.updated_at) <= String(record.updated_at)) newest.set(key(record), record);
  }
  return newest;
}

export const sum = (numbers: Iterable<number>): number => {
  let total = 0;
  for (const number of numbers) total += number;
  return total;
};

export const mean = (numbers: readonly number[]): number => sum(numbers) / numbers.length;

export function variance(numbers: readonly number[]): number {
  const middle = mean(numbers);
  return mean(numbers.map((number) => (number - middle) ** 2));
}
