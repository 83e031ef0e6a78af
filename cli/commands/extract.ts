import type { Command } from 'commander';
import { lambda, ssm } from '../../common/aws.ts';
import { type ExtractReport, executeExtraction } from '../extract/execute.ts';
import { withProgress } from '../ui.ts';

interface Options {
  readonly from?: string;
  readonly json: boolean;
}

export function register(program: Command): void {
  program
    .command('extract')
    .description('pull what has changed from an API or a database, outside its schedule')
    .argument('<name>', 'an extraction of infra/environments.ts')
    .option('--from <timestamp>', 'everything since then, whatever has been pulled before')
    .option('--json', 'print the outcome as JSON', false)
    .action(extract);
}

async function extract(name: string, { from, json }: Options): Promise<void> {
  const report = await withProgress(`pulling ${name}`, (onProgress) =>
    executeExtraction({ lambda: lambda(), ssm: ssm() }, name, from, onProgress),
  );
  process.stdout.write(json ? `${JSON.stringify(report, null, 2)}\n` : extractReport(report));
}

/** What was pulled, in words. */
export function extractReport({ source, from, watermark, records, files, unchangedFiles }: ExtractReport): string {
  const what = from === null ? 'everything' : `what has changed since ${from}`;
  const head = `${source}: ${what}: ${records.toLocaleString('en')} records landed, watermark ${watermark ?? 'none'}\n`;
  const nothing = files.length === 0 ? [unchangedFiles > 0 ? '  nothing new\n' : '  nothing found\n'] : [];
  return [head, ...nothing, ...files.map((file) => `  ${file}\n`)].join('');
}
