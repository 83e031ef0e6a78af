import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Tells this process from a dead one that had the same id, as processes in a container often have. */
const OWN = randomUUID();

/** A new path in `folder`, which exists then, for something that shall not outlive this process. */
export async function scratchPath(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  return join(folder, `${process.pid}-${OWN}-${randomUUID()}`);
}

/** Removes what dead processes have left in a folder of scratch paths. */
export async function removeAbandoned(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names.filter(isAbandoned)) await rm(join(folder, name), { recursive: true, force: true });
}

function isAbandoned(name: string): boolean {
  const [, digits] = /^(\d+)-/.exec(name) ?? [];
  if (digits === undefined) return false;
  const pid = Number(digits);
  return pid === process.pid ? !name.startsWith(`${digits}-${OWN}-`) : !isAlive(pid);
}

function isAlive(pid: number): boolean {
  try {
    // Signal 0 only asks.
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
