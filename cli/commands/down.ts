import type { Command } from 'commander';
import { STATE_DIR, stopStack } from '../../localstack/stack.ts';
import { withProgress } from '../ui.ts';

export function register(program: Command): void {
  program
    .command('down')
    .description('stop the local stack; what it held is gone')
    .addHelpText('after', '\nStops the processes that `tributary up` started, and no others.')
    .action(down);
}

async function down(): Promise<void> {
  const stopped = await withProgress('stopping', () => stopStack(STATE_DIR));
  process.stdout.write(stopped ? 'the local stack is stopped\n' : 'the local stack was not running\n');
}
