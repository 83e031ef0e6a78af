import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Names that this process has given. A dead process may have had the same id, as in a container it often has. */
const own = new Set<string>();

/** A new path in `folder`, which exists then, for something that shall not outlive this process. */
export async function scratchPath(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const name = `${process.pid}-${randomUUID()}`;
  own.add(name);
  return join(folder, name);
}

/** Removes what dead processes have left in a folder of scratch paths; whose name does not tell is left alone. */
export async function removeAbandoned(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const pid = Number(/^(\d+)-/.exec(name)?.[1] ?? process.pid);
    const isAbandoned = pid === process.pid ? /^\d+-/.test(name) && !own.has(name) : !isAlive(pid);
    if (isAbandoned) await rm(join(folder, name), { recursive: true, force: true });
  }
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
