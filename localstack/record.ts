import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { OwnedProcess } from './process.ts';

/** What the state folder remembers of a stack between commands. */
export interface StackRecord {
  readonly endpoint: string;
  readonly athenaEndpoint: string;
  readonly processes: Readonly<Record<string, OwnedProcess>>;
}

const recordFile = (stateDir: string): string => join(stateDir, 'stack.json');

/** Undefined when no stack was started, or its start was cut off while the record was being written. */
export async function readRecord(stateDir: string): Promise<StackRecord | undefined> {
  try {
    return JSON.parse(await readFile(recordFile(stateDir), 'utf8')) as StackRecord;
  } catch {
    return undefined;
  }
}

/** Notes processes at once when they are started, so that nothing that runs is ever forgotten. */
export async function addToRecord(
  stateDir: string,
  { endpoint, athenaEndpoint }: Omit<StackRecord, 'processes'>,
  started: StackRecord['processes'],
): Promise<void> {
  const before = await readRecord(stateDir);
  const record: StackRecord = { endpoint, athenaEndpoint, processes: { ...before?.processes, ...started } };
  await writeFile(recordFile(stateDir), `${JSON.stringify(record, null, 2)}\n`);
}

export const removeRecord = (stateDir: string): Promise<void> => rm(recordFile(stateDir), { force: true });
