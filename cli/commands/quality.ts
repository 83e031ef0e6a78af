import type { Command } from 'commander';
import { loadPlatform } from '../platform.ts';
import { type TableQuality, tableQuality } from '../quality/quality.ts';
import { layOut } from '../query/layout.ts';

export function register(program: Command): void {
  program
    .command('quality')
    .description('show the scores and failed checks of each table’s last build')
    .argument('[table]', 'only this table, e.g. gold.fact_sale')
    .option('--json', 'print them as JSON', false)
    .action(quality);
}

async function quality(table: string | undefined, { json }: { readonly json: boolean }): Promise<void> {
  const { workgroup } = await loadPlatform();
  const tables = await tableQuality(table, { workgroup });
  process.stdout.write(json ? `${JSON.stringify(tables, null, 2)}\n` : report(tables));
}

function report(tables: readonly TableQuality[]): string {
  const columns = [
    { name: 'table' },
    { name: 'score', isNumber: true },
    { name: 'checks', isNumber: true },
    { name: 'failed', isNumber: true },
    { name: 'by dimension' },
  ];
  const rows = tables.map(({ table, score, checks, failed, dimensions }) => [
    table,
    score.toFixed(2),
    String(checks),
    String(failed.length),
    Object.entries(dimensions)
      .map(([dimension, value]) => `${dimension} ${value.toFixed(2)}`)
      .join(', '),
  ]);
  return [layOut(columns, rows), ...tables.flatMap(failedChecks)].join('\n');
}

const failedChecks = ({ table, failed }: TableQuality): string[] =>
  failed.map(
    ({ check, action, failures, rows }) =>
      `${table}: ${check} failed on ${failures.toLocaleString('en')} of ${rows.toLocaleString('en')} (${action})\n`,
  );
