import { decodeEvent } from '../../events/cloud-event.ts';
import { contractOf } from '../../events/contracts/index.ts';
import { rawBytes } from '../../events/intake/raw-cipher.ts';
import { parseRecord } from '../../events/readers/json.ts';
import { isWholeFile, type QuarantinedRow, recordId } from '../../events/replay/quarantined-row.ts';
import type { ReplayCounts } from '../../events/replay/replay-quarantine.ts';
import { fieldFinder } from '../../events/validator/field-names.ts';
import type { JsonRecord } from '../../events/validator/layout.ts';
import { layOut } from '../query/layout.ts';
import type { QuarantineGroup } from './rows.ts';

const count = (value: number): string => value.toLocaleString('en');

export function groupsReport(groups: readonly QuarantineGroup[]): string {
  if (groups.length === 0) return 'nothing is in quarantine\n';
  const columns = [
    { name: 'source' },
    { name: 'reason' },
    { name: 'field' },
    { name: 'contract' },
    { name: 'records', isNumber: true },
    { name: 'first seen' },
    { name: 'last seen' },
    { name: 'example' },
  ];
  const rows = groups.map(({ source, reason, field, contractVersion, records, firstSeen, lastSeen, example }) => [
    source,
    reason,
    field ?? '',
    contractVersion === null ? '' : `v${contractVersion}`,
    count(records),
    firstSeen.slice(0, 19),
    lastSeen.slice(0, 19),
    example.length > 80 ? `${example.slice(0, 79)}…` : example,
  ]);
  return layOut(columns, rows);
}

/** A refused record with everything that is known of it; personal and unknown values are not shown. */
export function rowReport(row: QuarantinedRow, text: string | null): string {
  const { source, road, reason, field, message, eventId, contractVersion, receivedAt } = row;
  const lines: Readonly<Record<string, string | null>> = {
    id: recordId(row),
    source,
    road,
    reason: field === null ? reason : `${reason} (${field})`,
    message,
    'event id': eventId,
    contract: contractVersion === null ? null : `v${contractVersion}`,
    received: receivedAt,
    [isWholeFile(row) ? 'copy' : 'record']: masked(row, text),
  };
  const width = Math.max(...Object.keys(lines).map((name) => name.length));
  return Object.entries(lines)
    .map(([name, value]) => (value === null ? '' : `${name.padEnd(width)}  ${value}\n`))
    .join('');
}

/** The record's fields; those that are personal, or that no contract knows, without their values. */
function masked(row: QuarantinedRow, text: string | null): string | null {
  if (text === null || isWholeFile(row)) return text;
  const contract = contractOf(row.source);
  const fields = contract === undefined ? undefined : fieldsOf(row, text);
  if (contract === undefined || fields === undefined) return `${count(text.length)} characters that cannot be shown`;
  const find = fieldFinder(contract);
  const names = Object.keys(contract.fields);
  const isShown = (name: string): boolean => {
    const match = find(name);
    return match !== undefined && contract.fields[names[match.index] ?? '']?.personal === undefined;
  };
  const shown = Object.entries(fields).map(([name, value]) => [name, isShown(name) ? value : MASK]);
  return JSON.stringify(Object.fromEntries(shown));
}

const MASK = '***';

function fieldsOf({ road }: QuarantinedRow, text: string): JsonRecord | undefined {
  if (road === 'stream') return decodeEvent(rawBytes(text)).data;
  const parsed = parseRecord(text);
  return 'record' in parsed ? parsed.record : undefined;
}

export function replayReport(
  counts: Readonly<Record<string, ReplayCounts>>,
  { isDryRun }: { readonly isDryRun: boolean },
): string {
  const entries = Object.entries(counts);
  if (entries.length === 0) return 'nothing is in quarantine\n';
  const numbers = ['sent', 'files', 'before', 'copies', 'unreadable'] as const;
  const names = [isDryRun ? 'to send' : 'sent', 'files', 'replayed before', 'copies', 'unreadable'];
  const columns = [{ name: 'source' }, ...names.map((name) => ({ name, isNumber: true }))];
  const table = layOut(
    columns,
    entries.map(([source, some]) => [source, ...numbers.map((number) => count(some[number]))]),
  );
  const targets = entries.flatMap(([, some]) => some.targets.map((target) => `sent to ${target}\n`));
  return [table, ...new Set(targets)].join('');
}
