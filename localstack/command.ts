import { spawn } from 'node:child_process';
import { sendSignal } from './signal.ts';

export interface CommandResult {
  /** Exit code; -1 when a signal ended the command. */
  readonly code: number;
  /** Standard output and error as they came. */
  readonly output: string;
}

export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** The command is ended after this time. */
  readonly timeoutMs?: number;
  /** Called with each complete line of output. */
  readonly onLine?: (line: string) => void;
}

/**
 * Runs a command to its end; undefined when there is no such command. A signal that asks this process to end ends the
 * command and whatever it has started, so that nothing is left behind.
 */
export type RunCommand = (
  command: string,
  args: readonly string[],
  options?: CommandOptions,
) => Promise<CommandResult | undefined>;

export const runCommand: RunCommand = (command, args, options = {}) =>
  new Promise((resolve, reject) => {
    const { cwd, env = process.env, timeoutMs, onLine = () => {} } = options;
    const child = spawn(command, args, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    // The command leads a process group of its own, in which is all that it starts.
    const end = (): void => {
      if (child.pid !== undefined) sendSignal(-child.pid, 'SIGTERM');
    };
    for (const signal of END_SIGNALS) process.on(signal, end);
    const timer = timeoutMs === undefined ? undefined : setTimeout(end, timeoutMs);
    let output = '';
    let line = '';
    const collect = (chunk: string): void => {
      output += chunk;
      const lines = (line + chunk).split('\n');
      line = lines.pop() ?? '';
      for (const complete of lines) onLine(complete);
    };
    child.stdout.setEncoding('utf8').on('data', collect);
    child.stderr.setEncoding('utf8').on('data', collect);
    const release = (): void => {
      clearTimeout(timer);
      for (const signal of END_SIGNALS) process.off(signal, end);
    };
    child.on('error', (error: NodeJS.ErrnoException) => {
      release();
      if (error.code === 'ENOENT' || error.code === 'EACCES') resolve(undefined);
      else reject(error);
    });
    child.on('close', (code) => {
      release();
      if (line !== '') onLine(line);
      resolve({ code: code ?? -1, output });
    });
  });

const END_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The end of a command's output, for error messages. */
export const tail = (output: string, lines = 15): string => output.trimEnd().split('\n').slice(-lines).join('\n');
