import { type Command, Option } from 'commander';
import { TributaryError } from '../../common/errors.ts';
import type { Platform } from '../../infra/platform.ts';
import { DATASET_NAMES, type DatasetName } from '../datasets/dataset.ts';
import { datasetOf } from '../datasets/index.ts';
import { type SyntheticInput, syntheticOptions } from '../datasets/synthetic/options.ts';
import { type LoadResult, loadDataset } from '../load/load-dataset.ts';
import { loadOwnFile, type OwnFile, refusals } from '../load/own-file.ts';
import { countsReport, fileReport } from '../load/report.ts';
import { loadPlatform } from '../platform.ts';
import { withProgress } from '../ui.ts';

interface Options extends SyntheticInput {
  readonly dataset?: DatasetName;
  readonly source?: string;
  readonly json: boolean;
}

export function register(program: Command): void {
  const command = program
    .command('load')
    .description('bring a file or a dataset into the platform and wait until it is ingested')
    .argument('[file]', 'a CSV, TSV, JSON, NDJSON, Parquet or Excel file, each also gzipped')
    .option('--source <name>', 'contract that the file keeps, e.g. pos_transactions')
    .addOption(new Option('--dataset <name>', 'a whole dataset instead of a file').choices(DATASET_NAMES))
    .option('--json', 'print the outcome as JSON', false);
  syntheticOptions(command).addHelpText('after', EXAMPLES).action(load);
}

const EXAMPLES = `
Examples:
  $ npx tributary load sales.csv --source pos_transactions
  $ npx tributary load --dataset synthetic --scale 0.1
  $ npx tributary load --dataset complete-journey

Size, period, seed and defects are those of the synthetic dataset.

Exits with 1 when the file was refused as a whole; refused rows are shown with their reasons.`;

async function load(file: string | undefined, { dataset, source, json, ...input }: Options): Promise<void> {
  const wantsFile = file !== undefined && source !== undefined && dataset === undefined;
  if (wantsFile) return loadFile({ path: file, source }, await loadPlatform(), json);
  if (dataset === undefined || file !== undefined || source !== undefined) {
    throw new TributaryError({
      code: 'bad_usage',
      message: 'give either a file with its --source, or a --dataset',
      advice: 'npx tributary load --help',
    });
  }
  const platform = await loadPlatform();
  const result = await withProgress(`loading ${dataset}`, (onProgress) =>
    loadDataset(datasetOf(dataset, input, platform), platform, onProgress),
  );
  process.stdout.write(json ? asJson(result) : datasetReport(result));
}

const asJson = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

async function loadFile(file: OwnFile, platform: Platform, json: boolean): Promise<void> {
  const record = await withProgress(`loading ${file.path}`, () => loadOwnFile(file, platform));
  const refused = record.quarantined > 0 && record.status !== 'refused' ? await refusals(record, platform) : [];
  process.stdout.write(json ? asJson({ ...record, refused }) : fileReport(record, refused));
  if (record.status === 'refused') process.exitCode = 1;
}

export function datasetReport({ dataset, counts, isNew, repeated }: LoadResult): string {
  const head = isNew ? '' : `${dataset} was loaded before; nothing was sent\n\n`;
  const note =
    repeated > 0
      ? `${repeated} events arrived again, after an interruption; each is counted once, and once in silver\n`
      : '';
  return `${head}${countsReport(counts)}${note}`;
}
