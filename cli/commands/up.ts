import { type Command, InvalidArgumentError } from 'commander';
import { DEFAULT_PORT, STATE_DIR } from '../../localstack/stack.ts';
import { bringUp } from '../../localstack/up.ts';
import { withProgress } from '../ui.ts';

interface Options {
  readonly port?: number;
  readonly athenaPort?: number;
  readonly endpoint?: string;
  readonly force: boolean;
  readonly json: boolean;
}

export function register(program: Command): void {
  const command = program.command('up').description('start the local stack and deploy the platform to it');
  portOptions(command)
    .option('--force', 'deploy even when nothing has changed', false)
    .option('--json', 'print endpoints, region and keys as JSON', false)
    .addHelpText('after', NOTE)
    .action(up);
}

const NOTE = `
The stack is the AWS emulator with an Athena endpoint beside it. Both listen on this machine only, and forget
everything when they are stopped. Its logs are in .tributary/logs.`;

/** Adds the options that say where the stack runs. */
export function portOptions(command: Command): Command {
  return command
    .option('--port <port>', `port of the AWS emulator (default: ${DEFAULT_PORT})`, portNumber)
    .option('--athena-port <port>', 'port of the Athena endpoint (default: the next one)', portNumber)
    .option('--endpoint <url>', 'use the emulator that runs there, e.g. LocalStack, instead of starting one');
}

function portNumber(value: string): number {
  const port = Number(value);
  if (!Number.isInteger(port) || port < 1 || port > 65_534) {
    throw new InvalidArgumentError('it must be a number from 1 to 65534');
  }
  return port;
}

async function up({ json, ...options }: Options): Promise<void> {
  const { stack, deployed } = await withProgress('local stack', (onProgress) =>
    bringUp({ stateDir: STATE_DIR, ...options, onProgress }),
  );
  if (json) {
    process.stdout.write(`${JSON.stringify({ ...stack, deployed }, null, 2)}\n`);
    return;
  }
  process.stdout.write(`${deployed ? 'deployed' : 'up to date'} at ${stack.endpoint}, Athena at ${stack.athenaEndpoint}

  npx tributary query "show tables in gold"   query it
  eval "$(npx tributary status --export)"     point the AWS CLI at it
  npm run down                                stop it
`);
}
