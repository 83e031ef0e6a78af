import { type Command, InvalidArgumentError } from 'commander';
import { s3, stepFunctions } from '../../common/aws.ts';
import { settingsOf } from '../../infra/environments.ts';
import { machineOf } from '../plan/engines.ts';
import { loadPlatform } from '../platform.ts';
import { pastRuns, runsReport } from '../run/runs.ts';

export function register(program: Command): void {
  program
    .command('runs')
    .description('list the latest runs: duration, what became of the tables, dollars')
    .option('--limit <number>', 'how many', positive, 10)
    .option('--json', 'print them as JSON', false)
    .action(runs);
}

function positive(value: string): number {
  const number = Number(value);
  if (Number.isInteger(number) && number > 0) return number;
  throw new InvalidArgumentError('it must be a whole number above 0');
}

async function runs({ limit, json }: { readonly limit: number; readonly json: boolean }): Promise<void> {
  const platform = await loadPlatform();
  const found = await pastRuns(platform, limit, {
    stepFunctions: stepFunctions(),
    s3: s3(),
    machine: machineOf(settingsOf(platform.environment)),
    now: () => new Date(),
  });
  process.stdout.write(json ? `${JSON.stringify(found, null, 2)}\n` : runsReport(found));
}
