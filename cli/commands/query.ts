import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { type Command, Option } from 'commander';
import { TributaryError } from '../../common/errors.ts';
import { unreadable } from '../files.ts';
import { loadPlatform } from '../platform.ts';
import { atVersion } from '../query/at-version.ts';
import { runQuery } from '../query/athena.ts';
import { FORMATS, type Format, formatted } from '../query/format.ts';

interface Options {
  readonly format: Format;
  readonly file?: string;
  readonly version?: string;
}

export function register(program: Command): void {
  program
    .command('query')
    .description('run one Athena SQL statement and print its result')
    .argument('[sql]', 'the statement; without it, --file or standard input')
    .addOption(new Option('--format <format>', 'how to print the rows').choices(FORMATS).default('table'))
    .option('--file <path>', 'read the statement from a file')
    .option(
      '--version <version>',
      'read the tables as they were: a snapshot of the one table, or a time for all of them',
    )
    .addHelpText('after', EXAMPLES)
    .action(query);
}

const EXAMPLES = `
Examples:
  $ npx tributary query "select count(*) from gold.fact_sale"
  $ npx tributary query --file report.sql --format csv > report.csv
  $ npx tributary query "select count(*) from gold.fact_sale" --version 2026-01-31T06:00:00Z
  $ echo "show tables in marts" | npx tributary query`;

async function query(argument: string | undefined, { format, file, version }: Options): Promise<void> {
  const given = await statement(argument, file);
  const sql = version === undefined ? given : atVersion(given, version);
  const { workgroup } = await loadPlatform();
  const interrupt = new AbortController();
  const onInterrupt = () => interrupt.abort();
  process.once('SIGINT', onInterrupt);
  try {
    const result = await runQuery(sql, { workgroup, signal: interrupt.signal });
    for await (const piece of formatted(result, format)) process.stdout.write(piece);
  } finally {
    process.off('SIGINT', onInterrupt);
  }
}

/** The statement from wherever it was given, without the semicolon that Athena does not want. */
async function statement(argument: string | undefined, file: string | undefined): Promise<string> {
  if (argument !== undefined && file !== undefined) {
    throw new TributaryError({ code: 'bad_usage', message: 'give the SQL as an argument or by --file, not both' });
  }
  const sql =
    argument ?? (await (file === undefined ? standardInput() : readFile(file, 'utf8').catch(unreadable(file))));
  const trimmed = sql.trim().replace(/;$/, '');
  if (trimmed === '') throw new TributaryError({ code: 'bad_usage', message: 'there is no SQL to run' });
  return trimmed;
}

async function standardInput(): Promise<string> {
  if (process.stdin.isTTY) {
    throw new TributaryError({
      code: 'bad_usage',
      message: 'there is no SQL to run',
      advice: 'npx tributary query "select count(*) from gold.fact_sale"',
    });
  }
  return text(process.stdin);
}
