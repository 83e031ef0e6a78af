import { spawn } from 'node:child_process';

export interface CommandResult {
  /** Exit code; -1 when a signal ended the command. */
  readonly code: number;
  /** Standard output and error as they came. */
  readonly output: string;
}

export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Called with each complete line of output. */
  readonly onLine?: (line: string) => void;
}

/** Runs a command to its end; undefined when there is no such command. */
export type RunCommand = (
  command: string,
  args: readonly string[],
  options?: CommandOptions,
) => Promise<CommandResult | undefined>;

export const runCommand: RunCommand = (command, args, { cwd, env = process.env, onLine = () => {} } = {}) =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
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
    child.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'EACCES') resolve(undefined);
      else reject(error);
    });
    child.on('close', (code) => resolve({ code: code ?? -1, output }));
  });

/** The end of a command's output, for error messages. */
export const tail = (output: string, lines = 15): string => output.trimEnd().split('\n').slice(-lines).join('\n');
