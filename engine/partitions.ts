import type { PartitionBy } from './model.ts';

/** Days or months since January 1970; null for rows without a date. */
export type Partition = number | null;

export type PartitionUnit = 'day' | 'month';

/** The unit of a partition column by day or month. */
export const unitOf = (transform: PartitionBy['transform']): PartitionUnit => (transform === 'month' ? 'month' : 'day');

export type PartitionSet = ReadonlySet<Partition>;

/** From one partition to another, both included. */
export type PartitionRange = readonly [from: number, to: number];

const DAY_MS = 86_400_000;

/** First day of a partition, `yyyy-mm-dd`. */
export const firstDay = (unit: PartitionUnit, partition: number): string =>
  new Date(unit === 'day' ? partition * DAY_MS : Date.UTC(1970, partition, 1)).toISOString().slice(0, 10);

/** `2026-01-31`, `2026-01`, or `null`. */
export function partitionName(unit: PartitionUnit, partition: Partition): string {
  if (partition === null) return 'null';
  return unit === 'day' ? firstDay(unit, partition) : firstDay(unit, partition).slice(0, 7);
}

/** The partitions of another unit that share days with a partition. */
export function inUnit(partition: Partition, from: PartitionUnit, to: PartitionUnit): readonly Partition[] {
  if (partition === null || from === to) return [partition];
  const first = new Date(`${firstDay(from, partition)}T00:00:00Z`);
  if (to === 'month') return [(first.getUTCFullYear() - 1970) * 12 + first.getUTCMonth()];
  const next = Date.parse(`${firstDay(from, partition + 1)}T00:00:00Z`) / DAY_MS;
  const start = first.getTime() / DAY_MS;
  return Array.from({ length: next - start }, (_, index) => start + index);
}

/** The set with so many partitions before (negative) or after each of it. */
export function extended(set: PartitionSet, by: number): PartitionSet {
  const result = new Set(set);
  for (const partition of set) {
    if (partition === null) continue;
    for (let step = 1; step <= Math.abs(by); step += 1) result.add(partition + Math.sign(by) * step);
  }
  return result;
}

/** Consecutive partitions as ranges, in order; the partition of rows without a date is not among them. */
export function rangesOf(partitions: Iterable<Partition>): readonly PartitionRange[] {
  const sorted = [...new Set(partitions)].filter((partition) => partition !== null).sort((a, b) => a - b);
  const ranges: [number, number][] = [];
  for (const partition of sorted) {
    const last = ranges.at(-1);
    if (last !== undefined && last[1] === partition - 1) last[1] = partition;
    else ranges.push([partition, partition]);
  }
  return ranges;
}

/** The day or month of a column as a number, in SQL that every engine reads. */
export const partitionNumber = (column: string, unit: PartitionUnit): string =>
  unit === 'day'
    ? `date_diff('day', date '1970-01-01', cast(${column} as date))`
    : `(year(${column}) - 1970) * 12 + month(${column}) - 1`;

/** A condition, in SQL that every engine reads, for rows whose date or timestamp lies in one of the partitions. */
export function isWithin(column: string, type: string, unit: PartitionUnit, partitions: PartitionSet): string {
  const moment = (partition: number): string =>
    type === 'date' ? `date '${firstDay(unit, partition)}'` : `timestamp '${firstDay(unit, partition)} 00:00:00'`;
  const ranges = rangesOf(partitions).map(
    ([from, to]) => `${column} >= ${moment(from)} and ${column} < ${moment(to + 1)}`,
  );
  const conditions = partitions.has(null) ? [...ranges, `${column} is null`] : ranges;
  return conditions.length === 0 ? 'false' : conditions.map((condition) => `(${condition})`).join(' or ');
}
