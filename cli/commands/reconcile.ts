import type { Command } from 'commander';
import { compileProject } from '../../engine/compile/index.ts';
import { PROJECT_ROOT } from '../../localstack/stack.ts';
import { loadPlatform } from '../platform.ts';
import { type Reconciliation, reconcile } from '../quality/reconcile.ts';
import { layOut } from '../query/layout.ts';

interface Options {
  readonly source?: string;
  readonly json: boolean;
}

export function register(program: Command): void {
  program
    .command('reconcile')
    .description('say whether what was received is all in bronze, quarantine and silver, as of the last run')
    .option('--source <name>', 'only this source')
    .option('--json', 'print it as JSON', false)
    .addHelpText('after', '\nExits with 1 when something does not add up. By the hour: gold.intake_ledger.')
    .action(run);
}

async function run({ source, json }: Options): Promise<void> {
  const [platform, manifest] = await Promise.all([loadPlatform(), compileProject(PROJECT_ROOT)]);
  const sources = await reconcile(manifest, source, platform);
  process.stdout.write(json ? `${JSON.stringify(sources, null, 2)}\n` : report(sources));
  if (sources.some(({ differences }) => differences.length > 0)) process.exitCode = 1;
}

function report(sources: readonly Reconciliation[]): string {
  if (sources.length === 0) return 'nothing was counted yet: npx tributary run\n';
  const numbers = ['received', 'accepted', 'quarantined', 'duplicates', 'updated', 'created'] as const;
  const columns = [
    { name: 'source' },
    ...[...numbers, 'silver rows', 'set aside'].map((name) => ({ name, isNumber: true })),
    { name: '' },
  ];
  const count = (value: number): string => value.toLocaleString('en');
  const rows = sources.map((one) => [
    one.source,
    ...numbers.map((name) => count(one[name])),
    one.silver === undefined ? '' : count(one.silver.rows),
    one.silver === undefined ? '' : count(one.silver.setAside),
    one.differences.length === 0 ? 'adds up' : 'differs',
  ]);
  const words = sources.flatMap(({ source, differences }) => differences.map((text) => `${source}: ${text}\n`));
  return [layOut(columns, rows), ...words].join('');
}
