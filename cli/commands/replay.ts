import { type Command, InvalidArgumentError } from 'commander';
import { TributaryError } from '../../common/errors.ts';
import { contractOf, contracts } from '../../events/contracts/index.ts';
import { redriveDeadLetters } from '../../events/replay/dead-letters.ts';
import { type FailedBatchOutcome, replayFailedBatches } from '../../events/replay/failed-batches.ts';
import { type BronzeReplayCounts, replayBronze } from '../../events/replay/replay-bronze.ts';
import type { Platform } from '../../infra/platform.ts';
import { loadPlatform } from '../platform.ts';
import { replayRoads } from '../quarantine/roads.ts';
import { type BronzeRoad, bronzePorts, deadLetterPorts, failedBatchPorts } from '../replay/ports.ts';
import { withProgress } from '../ui.ts';

interface Options {
  readonly failedBatches: boolean;
  readonly deadLetters: boolean;
  readonly bronze?: string;
  readonly from?: Date;
  readonly to?: Date;
  readonly toStream: boolean;
  readonly toFile: boolean;
  readonly dryRun: boolean;
  readonly json: boolean;
}

export function register(program: Command): void {
  program
    .command('replay')
    .description('hand in again what could not be ingested, or what was ingested in a time range')
    .option('--failed-batches', 'batches of events that no attempt could take in', false)
    .option('--dead-letters', 'files that the landing queue gave up', false)
    .option('--bronze <source>', 'records that this source had accepted, with --from and --to')
    .option('--from <time>', 'first arrival, e.g. 2026-01-31T06:00:00Z', instant)
    .option('--to <time>', 'end of the range, not included', instant)
    .option('--to-stream', 'send accepted records as events; the default where the contract has a stream', false)
    .option('--to-file', 'send accepted records as files', false)
    .option('--dry-run', 'only count', false)
    .option('--json', 'print the outcome as JSON', false)
    .addHelpText('after', HELP)
    .action(replay);
}

const HELP = `
A failed batch goes to its function as it was, so that its records keep their positions; each is replayed once.
Accepted records keep the ids of their events and their versions, so that silver keeps its rows; the intake ledger
counts them as duplicates. Refused records: tributary quarantine replay.

Exits with 1 when a batch fails again.`;

function instant(value: string): Date {
  const date = new Date(value);
  if (/^\d{4}-\d{2}-\d{2}(T.*(Z|[+-]\d{2}:\d{2}))?$/.test(value) && !Number.isNaN(date.getTime())) return date;
  throw new InvalidArgumentError('it must be a date, or a time with its zone: 2026-01-31, 2026-01-31T06:00:00Z');
}

async function replay(options: Options): Promise<void> {
  const { failedBatches, deadLetters, bronze, json } = options;
  if ([failedBatches, deadLetters, bronze !== undefined].filter(Boolean).length !== 1) {
    throw badUsage('choose one of --failed-batches, --dead-letters and --bronze <source>');
  }
  const platform = await loadPlatform();
  const print = (outcome: unknown, text: string): void => {
    process.stdout.write(json ? `${JSON.stringify(outcome, null, 2)}\n` : text);
  };
  if (failedBatches) {
    const outcome = await withProgress('replaying', () =>
      replayFailedBatches(failedBatchPorts(platform), options.dryRun),
    );
    print(outcome, batchesReport(outcome));
    if (outcome.failedAgain.length > 0) process.exitCode = 1;
  } else if (deadLetters) {
    if (options.dryRun) throw badUsage('dead letters cannot be looked at without receiving them: leave --dry-run away');
    const moved = await withProgress('replaying', async () => redriveDeadLetters(await deadLetterPorts(platform)));
    print({ moved: moved.length }, `${moved.length} files are in the landing queue again\n`);
  } else {
    const counts = await withProgress('replaying', () => replayRange(platform, bronze ?? '', options));
    print(counts, bronzeReport(counts));
  }
}

const badUsage = (message: string) =>
  new TributaryError({ code: 'bad_usage', message, advice: 'npx tributary replay --help' });

/** Sends what a source had accepted in a range. Throws `unknown_source`, `no_stream` and `bad_usage`. */
async function replayRange(
  platform: Platform,
  source: string,
  { from, to, toStream, toFile, dryRun }: Options,
): Promise<BronzeReplayCounts> {
  const contract = contractOf(source);
  if (contract === undefined) {
    throw new TributaryError({
      code: 'unknown_source',
      message: `there is no source ${source}`,
      advice: `choose among ${contracts.map((one) => one.source).join(', ')}`,
    });
  }
  if (from === undefined || to === undefined || from >= to) throw badUsage('--bronze needs --from, and --to after it');
  if (toStream && toFile) throw badUsage('choose one of --to-stream and --to-file');
  const hasStream = contract.transport.stream !== undefined;
  if (toStream && !hasStream) {
    throw new TributaryError({
      code: 'no_stream',
      message: 'its contract has no stream',
      where: source,
      advice: 'use --to-file',
    });
  }
  const road: BronzeRoad = hasStream && !toFile ? 'stream' : 'file';
  return replayBronze(contract, { from, to }, bronzePorts(contract, platform, road, replayRoads(platform)), dryRun);
}

function batchesReport({ replayed, failedAgain, before }: FailedBatchOutcome): string {
  const records = replayed.reduce((sum, batch) => sum + batch.records, 0);
  const head = `${replayed.length} failed batches with ${records.toLocaleString('en')} records replayed, ${before} replayed before\n`;
  return [head, ...failedAgain.map(({ key, message }) => `${key} failed again: ${message}\n`)].join('');
}

const bronzeReport = ({ sent, repeated, erased }: BronzeReplayCounts): string =>
  `${sent.toLocaleString('en')} records sent; left out: ${repeated} received again later in the range, ${erased} of erased people\n`;
