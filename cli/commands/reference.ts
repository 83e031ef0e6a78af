import type { Command } from 'commander';
import { countsReport } from '../load/report.ts';
import { loadPlatform } from '../platform.ts';
import { loadReference, type ReferenceResult } from '../reference/load.ts';
import { refreshRates } from '../reference/refresh.ts';
import { withProgress } from '../ui.ts';

export function register(program: Command): void {
  const reference = program
    .command('reference')
    .description('exchange rates, countries and holidays that come with Tributary');
  reference
    .command('load')
    .description('bring the bundled reference data into the platform; what it holds already is not sent again')
    .option('--json', 'print the outcome as JSON', false)
    .action(load);
  reference
    .command('refresh')
    .description('replace the bundled exchange rates by what the European Central Bank has published until now')
    .option('--file <zip>', 'a copy of its eurofxref-hist.zip, instead of fetching it')
    .action(refresh);
}

async function load({ json }: { readonly json: boolean }): Promise<void> {
  const platform = await loadPlatform();
  const result = await withProgress('loading reference data', (onProgress) => loadReference(platform, onProgress));
  process.stdout.write(json ? `${JSON.stringify(result, null, 2)}\n` : referenceReport(result));
}

export function referenceReport({ counts, loadedBefore }: ReferenceResult): string {
  const note = loadedBefore.length === 0 ? '' : `loaded before, not sent again: ${loadedBefore.join(', ')}\n\n`;
  return `${note}${countsReport(counts)}`;
}

async function refresh(options: { readonly file?: string }): Promise<void> {
  const { rows, lastDay, hasChanged } = await withProgress('fetching exchange rates', () => refreshRates(options));
  const outcome = hasChanged ? 'written; load them with `npx tributary reference load`' : 'which were there already';
  process.stdout.write(`${rows.toLocaleString('en')} rates until ${lastDay}, ${outcome}\n`);
}
