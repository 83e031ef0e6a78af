import type { Command } from 'commander';
import { compileProject } from '../../engine/compile/index.ts';
import type { BuildRecord } from '../../engine/run.ts';
import { PROJECT_ROOT } from '../../localstack/stack.ts';
import { executeChange } from '../run/change-table.ts';
import { modelName } from '../run/selection.ts';

interface Options {
  readonly to?: string;
  readonly hold: boolean;
  readonly json: boolean;
}

export function register(program: Command): void {
  program
    .command('rollback')
    .description('make an earlier version of a table current again')
    .argument('<table>', 'e.g. gold.fact_sale')
    .option('--to <version>', 'id of the version, from `tributary history`; the one before where it is not given')
    .option('--hold', 'keep the table as it is then, until `tributary release`', false)
    .option('--json', 'print the record as JSON', false)
    .action(rollback);
  program
    .command('release')
    .description('let runs build a held table again')
    .argument('<table>', 'e.g. gold.fact_sale')
    .option('--json', 'print the record as JSON', false)
    .action(release);
}

async function rollback(name: string, { to, hold, json }: Options): Promise<void> {
  const table = await fullName(name);
  const record = await executeChange({ action: 'rollback', table, hold, ...(to === undefined ? {} : { to }) });
  print(
    json,
    record,
    `${table} is rolled back ${record.reason}: ${record.rows.toLocaleString('en')} rows\n${next(record)}`,
  );
}

/** What the next run will do to the table. */
const next = ({ reason, model }: BuildRecord): string =>
  reason.includes('held since')
    ? `runs leave it alone until: npx tributary release ${model}\n`
    : 'the next run builds it again from the present SQL and inputs; --hold would keep it as it is\n';

async function release(name: string, { json }: Pick<Options, 'json'>): Promise<void> {
  const table = await fullName(name);
  const record = await executeChange({ action: 'release', table });
  print(json, record, `${table} ${record.reason}; the next run builds it where something has changed\n`);
}

async function fullName(table: string): Promise<string> {
  const { models } = await compileProject(PROJECT_ROOT);
  return modelName(
    table,
    models.map(({ name }) => name),
  );
}

const print = (json: boolean, record: BuildRecord, text: string): void => {
  process.stdout.write(json ? `${JSON.stringify(record, null, 2)}\n` : text);
};
