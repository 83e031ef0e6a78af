import type { IntakeRecord } from '../../events/intake/ledger.ts';
import { layOut } from '../query/layout.ts';
import { type IntakeCounts, sum } from './intake.ts';
import type { Refusal } from './own-file.ts';

const count = (value: number): string => value.toLocaleString('en');

/** A line per source, and their sum. */
export function countsReport(counts: Readonly<Record<string, IntakeCounts>>): string {
  const columns = [
    { name: 'source' },
    { name: 'received', isNumber: true },
    { name: 'accepted', isNumber: true },
    { name: 'quarantined', isNumber: true },
  ];
  const line = (name: string, { received, accepted, quarantined }: IntakeCounts) => [
    name,
    count(received),
    count(accepted),
    count(quarantined),
  ];
  const rows = Object.entries(counts).map(([source, some]) => line(source, some));
  return layOut(columns, [...rows, line('all', sum(Object.values(counts)))]);
}

/** What became of one file, in words. */
export function fileReport(record: IntakeRecord, refused: readonly Refusal[]): string {
  if (record.status === 'refused') return `${record.origin} was refused: ${record.message}\n`;
  const { source, received, accepted, quarantined } = record;
  const head = `${source}: ${count(received)} rows received, ${count(accepted)} accepted, ${count(quarantined)} refused\n`;
  return [head, ...refused.map(refusalLine)].join('');
}

const refusalLine = ({ rows, firstRow, message }: Refusal): string =>
  `  ${count(rows)} ${rows === 1 ? 'row' : 'rows'}, the first is row ${count(firstRow)}: ${message}\n`;
