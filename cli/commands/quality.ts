import { type Command, InvalidArgumentError } from 'commander';
import { loadPlatform } from '../platform.ts';
import { qualityReport } from '../quality/quality.ts';
import { reportText } from '../quality/report.ts';

interface Options {
  readonly json: boolean;
  readonly failBelow?: number;
}

export function register(program: Command): void {
  program
    .command('quality')
    .description('show scores, their trend, and failed checks of each table’s last build')
    .argument('[table]', 'only this table, e.g. gold.fact_sale')
    .option('--json', 'print them as JSON', false)
    .option('--fail-below <score>', 'exit with 1 when a table scores less, 0 to 100', score)
    .action(quality);
}

async function quality(table: string | undefined, { json, failBelow = 0 }: Options): Promise<void> {
  const { workgroup } = await loadPlatform();
  const report = await qualityReport(table, { workgroup });
  process.stdout.write(json ? `${JSON.stringify(report, null, 2)}\n` : reportText(report));
  const low = report.tables.filter((one) => one.score < failBelow);
  if (low.length === 0) return;
  process.stderr.write(`below ${failBelow}: ${low.map((one) => one.table).join(', ')}\n`);
  process.exitCode = 1;
}

function score(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= 0 && value <= 100) return value;
  throw new InvalidArgumentError('A score is a number from 0 to 100.');
}
