import { readdir, readFile } from 'node:fs/promises';

interface ProcessMemory {
  readonly pid: number;
  readonly parent: number;
  readonly name: string;
  /** Highest resident memory so far. */
  readonly peakBytes: number;
}

/**
 * Watches a process and its descendants (Linux only), and keeps the highest resident memory of each by name; Lambda
 * functions are named by their function.
 */
export class PeakMemory {
  readonly #peaks = new Map<string, number>();
  readonly #roots: ReadonlyMap<number, string>;
  readonly #timer: NodeJS.Timeout;

  /** @param roots names by process id */
  constructor(roots: ReadonlyMap<number, string>) {
    this.#roots = roots;
    this.#timer = setInterval(() => void this.sample(), 500);
  }

  async sample(): Promise<void> {
    const processes = await allProcesses();
    const byPid = new Map(processes.map((process) => [process.pid, process]));
    for (const { pid, name, peakBytes } of processes) {
      const known = this.#roots.get(pid) ?? (this.#isBelowRoot(pid, byPid) ? name : undefined);
      if (known !== undefined) this.#peaks.set(known, Math.max(this.#peaks.get(known) ?? 0, peakBytes));
    }
  }

  /** Stops watching. By name, in bytes. */
  async stop(): Promise<ReadonlyMap<string, number>> {
    clearInterval(this.#timer);
    await this.sample();
    return this.#peaks;
  }

  #isBelowRoot(pid: number, byPid: ReadonlyMap<number, ProcessMemory>): boolean {
    for (let at = byPid.get(pid)?.parent; at !== undefined && at > 1; at = byPid.get(at)?.parent) {
      if (this.#roots.has(at)) return true;
    }
    return false;
  }
}

async function allProcesses(): Promise<ProcessMemory[]> {
  const pids = (await readdir('/proc')).map(Number).filter(Number.isInteger);
  const processes = await Promise.all(pids.map((pid) => processMemory(pid).catch(() => undefined)));
  return processes.filter((process) => process !== undefined);
}

/** Undefined for kernel threads, which have no memory of their own. */
async function processMemory(pid: number): Promise<ProcessMemory | undefined> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const field = (name: string) => new RegExp(`^${name}:\\s+(\\S+)`, 'm').exec(status)?.[1];
  const peak = field('VmHWM');
  if (peak === undefined) return undefined;
  const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
  const lambda = /(?:^|\0)AWS_LAMBDA_FUNCTION_NAME=([^\0]+)/.exec(environment)?.[1];
  return { pid, parent: Number(field('PPid')), name: lambda ?? field('Name') ?? '', peakBytes: Number(peak) * 1024 };
}
