import { join } from 'node:path';
import type { Command } from 'commander';
import { STATE_DIR, type StackStatus, stackStatus } from '../../localstack/stack.ts';
import { layOut } from '../query/layout.ts';

interface Options {
  readonly json: boolean;
  readonly export: boolean;
}

export function register(program: Command): void {
  program
    .command('status')
    .description('say whether the local stack is running, and where')
    .option('--json', 'print it as JSON, with the environment variables for AWS clients', false)
    .option('--export', 'print shell commands that point the AWS CLI and SDKs at the stack', false)
    .addHelpText('after', EXAMPLES)
    .action(status);
}

const EXAMPLES = `
Examples:
  $ eval "$(npx tributary status --export)"
  $ aws s3 ls

Exits with 1 when the stack is not running.`;

async function status(options: Options): Promise<void> {
  const found = await stackStatus(STATE_DIR);
  if (found.state !== 'running') process.exitCode = 1;
  if (options.json) process.stdout.write(`${JSON.stringify(found, null, 2)}\n`);
  else if (options.export) process.stdout.write(exports(found));
  else process.stdout.write(report(found));
}

function exports({ stack }: StackStatus): string {
  if (stack === undefined) return 'echo "the local stack is not running" >&2; false\n';
  return Object.entries(stack.environment)
    .map(([name, value]) => `export ${name}=${value}\n`)
    .join('');
}

function report({ state, stack, processes }: StackStatus): string {
  if (stack === undefined) return 'the local stack is not running; start it: `npm run demo` or `npx tributary up`\n';
  const addresses: Readonly<Record<string, string | undefined>> = {
    emulator: stack.endpoint,
    athena: stack.athenaEndpoint,
  };
  const rows = Object.entries(processes).map(([name, { pid, running }]) => [
    name,
    running ? 'running' : 'ended',
    addresses[name] ?? '',
    String(pid),
    join('.tributary', 'logs', `${name}.log`),
  ]);
  const table = layOut(
    ['process', 'state', 'address', 'pid', 'log'].map((name) => ({ name })),
    rows,
  );
  return state === 'running' ? table : `${table}\na part of it has ended; start it again: npx tributary up\n`;
}
