import type { Command } from 'commander';
import { glue, s3 } from '../../common/aws.ts';
import { TributaryError } from '../../common/errors.ts';
import { holdOf } from '../../engine/build/hold.ts';
import { compileProject } from '../../engine/compile/index.ts';
import { glueCatalog, loadTable, s3FileIo } from '../../engine/iceberg/index.ts';
import { PROJECT_ROOT } from '../../localstack/stack.ts';
import { loadPlatform } from '../platform.ts';
import { historyReport, versionsOf } from '../run/history.ts';
import { modelName } from '../run/selection.ts';

export function register(program: Command): void {
  program
    .command('history')
    .description('list the versions of a table that can be queried and rolled back to')
    .argument('<table>', 'e.g. gold.fact_sale')
    .option('--json', 'print them as JSON', false)
    .addHelpText('after', HELP)
    .action(showHistory);
}

const HELP = `
Query an earlier version:
  $ npx tributary query "select count(*) from gold.fact_sale" --version 4281903712
  $ npx tributary query "select count(*) from gold.fact_sale" --version 2026-01-31T06:00:00Z`;

async function showHistory(table: string, { json }: { readonly json: boolean }): Promise<void> {
  const [, { models }] = await Promise.all([loadPlatform(), compileProject(PROJECT_ROOT)]);
  const name = modelName(
    table,
    models.filter(({ kind }) => kind !== 'view').map((model) => model.name),
  );
  const [database = '', tableName = ''] = name.split('.');
  const loaded = await loadTable(glueCatalog(glue()), s3FileIo(s3()), database, tableName);
  if (loaded === undefined) {
    throw new TributaryError({ code: 'table_missing', message: 'the table is not in the catalog', where: name });
  }
  const versions = versionsOf(loaded);
  const hold = holdOf(loaded) ?? null;
  process.stdout.write(
    json ? `${JSON.stringify({ table: name, hold, versions }, null, 2)}\n` : historyReport(versions, hold),
  );
}
