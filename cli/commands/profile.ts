import type { Command } from 'commander';
import { compileProject } from '../../engine/compile/index.ts';
import { profileTable } from '../../engine/profile/profile-table.ts';
import { contracts } from '../../events/contracts/index.ts';
import { PROJECT_ROOT } from '../../localstack/stack.ts';
import { loadPlatform } from '../platform.ts';
import { tableToProfile } from '../profile/target.ts';
import { profileText } from '../profile/text.ts';
import { queryRows } from '../query/athena.ts';
import { withProgress } from '../ui.ts';

interface Options {
  readonly columns?: readonly string[];
  readonly key?: readonly string[];
  readonly json: boolean;
}

export function register(program: Command): void {
  program
    .command('profile')
    .description('show what is in the columns of a table: missing and distinct values, distributions, outliers, hints')
    .argument('<table>', 'e.g. gold.fact_sale or bronze.pos_transactions')
    .option('--columns <names>', 'only these, separated by commas', names)
    .option(
      '--key <names>',
      'count duplicates by these columns; without it, by those of the table’s unique check',
      names,
    )
    .option('--json', 'print it as JSON', false)
    .action(profile);
}

async function profile(text: string, { columns, key, json }: Options): Promise<void> {
  const [{ workgroup }, manifest] = await Promise.all([loadPlatform(), compileProject(PROJECT_ROOT)]);
  const table = tableToProfile(text, { columns, key }, manifest, contracts);
  const result = await withProgress(`profile of ${table.name}`, () =>
    profileTable(table, (sql) => queryRows(sql, { workgroup })),
  );
  process.stdout.write(json ? `${JSON.stringify(result, null, 2)}\n` : profileText(result));
}

const names = (text: string): readonly string[] =>
  text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
