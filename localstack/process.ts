import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { TributaryError } from '../common/errors.ts';
import { runCommand } from './command.ts';
import { sendSignal } from './signal.ts';

/** A process that we started. Its id may belong to another one later, its id and start time together may not. */
export interface OwnedProcess {
  readonly pid: number;
  readonly startTime: string;
}

export interface ProcessSpec {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Receives the output; what was in it is lost. */
  readonly logFile: string;
}

/** Starts a process that outlives this one, as the leader of a process group of its own. Throws `not_started`. */
export async function startDetached({ command, args, cwd, env, logFile }: ProcessSpec): Promise<OwnedProcess> {
  const log = openSync(logFile, 'w');
  const child = spawn(command, args, { cwd, env, detached: true, stdio: ['ignore', log, log] });
  closeSync(log);
  await new Promise<void>((resolve, reject) => child.once('spawn', resolve).once('error', reject)).catch((cause) => {
    throw new TributaryError({ code: 'not_started', message: `cannot start: ${cause.message}`, where: command, cause });
  });
  child.unref();
  const pid = child.pid ?? -1;
  return { pid, startTime: (await startTimeOf(pid)) ?? 'ended at once' };
}

export async function isRunning({ pid, startTime }: OwnedProcess): Promise<boolean> {
  return (await startTimeOf(pid)) === startTime;
}

/**
 * Asks the process to end, waits, and ends it by force after `patienceMs`; then ends what it left behind in its group.
 * Does nothing when the process is gone, even where its id belongs to another one now.
 */
export async function stopProcess(owned: OwnedProcess, patienceMs = 5_000): Promise<void> {
  if (!(await isRunning(owned))) return;
  sendSignal(owned.pid, 'SIGTERM');
  const deadline = Date.now() + patienceMs;
  while ((await isRunning(owned)) && Date.now() < deadline) await sleep(50);
  // The group's id cannot pass to others while one of its members lives.
  sendSignal(-owned.pid, 'SIGKILL');
  while (await isRunning(owned)) await sleep(50);
}

/** When a process was started, in the system's own terms; undefined when it is not running. */
export async function startTimeOf(pid: number): Promise<string | undefined> {
  if (process.platform === 'linux') return startTimeInStat(await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ''));
  const result = await runCommand('ps', ['-o', 'stat=,lstart=', '-p', String(pid)]);
  const [, state, started] = /^\s*(\S+)\s+(.+?)\s*$/.exec(result?.output ?? '') ?? [];
  return state?.startsWith('Z') ? undefined : started;
}

/** Start time, in clock ticks since boot, of a line of /proc/<pid>/stat; a zombie has ended. */
export function startTimeInStat(stat: string): string | undefined {
  // The second field is the command's name in parentheses, which may hold spaces and parentheses itself.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state] = fields;
  return state === 'Z' ? undefined : fields[19];
}
