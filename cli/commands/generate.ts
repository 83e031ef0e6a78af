import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { Manifest } from '../../events/generator/output/manifest.ts';
import { writeOutput } from '../../events/generator/output/write-output.ts';
import { outputOptions, type SyntheticInput, sourceNames, syntheticOptions } from '../datasets/synthetic/options.ts';
import { layOut } from '../query/layout.ts';
import { withProgress } from '../ui.ts';

interface Options extends SyntheticInput {
  readonly output: string;
  readonly json: boolean;
}

export function register(program: Command): void {
  const command = program
    .command('generate')
    .description('write a synthetic retailer to files: all sources, the last days as events, and the truth about them')
    .requiredOption('--output <folder>', 'where to write: an empty folder, or an earlier output, which is replaced');
  syntheticOptions(command)
    .option('--sources <names>', 'only these sources, separated by commas', sourceNames)
    .option('--json', 'print the manifest as JSON', false)
    .addHelpText('after', EXAMPLES)
    .action(generate);
}

const EXAMPLES = `
Examples:
  $ npx tributary generate --output /tmp/retailer
  $ npx tributary generate --output /tmp/small --scale 0.1 --days 7 --defects none
  $ npx tributary generate --output /tmp/dirty --defects late=0.1,duplicate=0.05

The same options give the same bytes. docs/datasets.md tells what is in it.`;

async function generate({ output, json, ...input }: Options): Promise<void> {
  const options = outputOptions(input);
  const folder = resolve(output);
  const manifest = await withProgress('generating', (onProgress) =>
    writeOutput(folder, options, (written, days) => onProgress(`${written} of ${days} days`)),
  );
  process.stdout.write(json ? `${JSON.stringify(manifest, null, 2)}\n` : outputReport(manifest));
}

const count = (value: number): string => value.toLocaleString('en');

/** A line per source, and what lies apart from them. */
export function outputReport({ sources, landing, events, truth }: Manifest): string {
  const columns = ['source', 'records', 'events', 'to be refused', 'duplicates', 'files'].map((name) => ({
    name,
    isNumber: name !== 'source',
  }));
  const filesOf = (name: string): number => landing.filter(({ source }) => source === name).length;
  const rows = Object.entries(sources).map(([name, { received, events: sent, quarantined, duplicates }]) => [
    name,
    ...[received, sent, quarantined, duplicates, filesOf(name)].map(count),
  ]);
  const totals = Object.values(sources);
  const total = (of: (one: (typeof totals)[number]) => number): number => totals.reduce((sum, one) => sum + of(one), 0);
  const all = [
    'all',
    count(total(({ received }) => received)),
    count(total((one) => one.events)),
    count(total(({ quarantined }) => quarantined)),
    count(total(({ duplicates }) => duplicates)),
    count(landing.length),
  ];
  const bytes = [...landing, ...events, ...truth].reduce((sum, one) => sum + one.bytes, 0);
  const truthRows = truth.map(({ table, rows: some }) => `${table} ${count(some)}`).join(', ');
  return `${layOut(columns, [...rows, all])}
${count(events.length)} files of events, ${Math.round(bytes / 1024 ** 2)} MiB in all; the truth: ${truthRows}
`;
}
