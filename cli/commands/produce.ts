import { type Command, InvalidArgumentError } from 'commander';
import { kinesis } from '../../common/aws.ts';
import { TributaryError } from '../../common/errors.ts';
import { contractOf } from '../../events/contracts/index.ts';
import { DEFAULT_DEFECTS, type DefectRates } from '../../events/generator/defects.ts';
import { generate } from '../../events/generator/generate.ts';
import { linesOf } from '../datasets/event-lines.ts';
import { defects, positive, sourceNames, wholeNumber } from '../datasets/synthetic/options.ts';
import { requireReadable } from '../files.ts';
import { loadPlatform } from '../platform.ts';
import { eventsOfLines, eventsOfRows } from '../produce/lines.ts';
import { liveEvents } from '../produce/live.ts';
import { type Produced, type ProduceResult, produce } from '../produce/produce.ts';
import { withProgress } from '../ui.ts';

interface Options {
  readonly source?: readonly string[];
  readonly live: boolean;
  readonly rate?: number;
  readonly burst?: number;
  readonly scale: number;
  readonly seed: number;
  readonly defects: DefectRates;
  readonly json: boolean;
}

export function register(program: Command): void {
  program
    .command('produce')
    .description('send events to the streams, from a file or from the synthetic retailer')
    .argument('[file]', 'NDJSON of CloudEvents, or of rows of the --source')
    .option('--source <names>', 'contract that the rows keep; of --live, the only sources to send', sourceNames)
    .option('--live', 'what the synthetic retailer does now, until stopped', false)
    .option('--rate <n>', 'events a second; by default 100 of --live, and of a file as many as the streams take', rate)
    .option('--burst <n>', 'events that may go at once after a pause', wholeNumber(1, 1_000_000))
    .option('--scale <n>', 'size of the retailer of --live', positive, 0.1)
    .option('--seed <n>', 'which retailer of --live; by default that of the demo', wholeNumber(0, 2 ** 32 - 1), 1)
    .option('--defects <rates>', 'none, default, or changes to the default, of --live', defects, DEFAULT_DEFECTS)
    .option('--json', 'print the counts as JSON', false)
    .addHelpText('after', EXAMPLES)
    .action(run);
}

const EXAMPLES = `
Examples:
  $ npx tributary produce --live --rate 50
  $ npx tributary produce --live --source page_views,pos_transactions --rate 1000
  $ npx tributary produce events.ndjson
  $ npx tributary produce lines.ndjson --source pos_transactions --rate 200

Ctrl-C ends it: what was read is still delivered, and counted. Exits with 1 when a stream did not take everything.`;

function rate(text: string): number {
  const value = Number(text);
  if (value > 0 && value <= 1_000_000) return value;
  throw new InvalidArgumentError('It must be a number above 0, at most 1000000.');
}

async function run(file: string | undefined, options: Options): Promise<void> {
  const { json, live, burst } = options;
  const events = await eventsFor(file, options);
  const { streams } = await loadPlatform();
  const stop = stopOnSignals();
  const began = performance.now();
  const result = await withProgress('producing', (onProgress) =>
    produce(events, {
      client: kinesis(),
      streams,
      rate: options.rate ?? (live ? 100 : undefined),
      burst,
      signal: stop,
      onCounts: ({ delivered, refused }) => {
        const perSecond = (delivered * 1_000) / (performance.now() - began);
        const note = refused > 0 ? `, ${count(refused)} refused` : '';
        onProgress(`${count(delivered)} delivered, ${count(Math.round(perSecond))}/s${note}`);
      },
    }),
  );
  process.stdout.write(json ? `${JSON.stringify(countsOf(result), null, 2)}\n` : produceReport(result));
  if (result.failures.length > 0) process.exitCode = 1;
}

async function eventsFor(
  file: string | undefined,
  { source = [], live, scale, seed, defects: rates }: Options,
): Promise<AsyncIterable<Produced>> {
  if (live && file === undefined) return liveEvents(generate, { seed, scale, defects: rates, sources: source });
  if (live || file === undefined || source.length > 1) {
    throw new TributaryError({
      code: 'bad_usage',
      message: 'give either a file, with one --source if it holds rows, or --live',
      advice: 'npx tributary produce --help',
    });
  }
  await requireReadable(file);
  const contract = contractOf(source[0] ?? '');
  return contract === undefined ? eventsOfLines(linesOf([file])) : eventsOfRows(linesOf([file]), contract);
}

/** The first signal ends production in order, the second at once. */
function stopOnSignals(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (controller.signal.aborted) process.exit(130);
      controller.abort();
    });
  }
  return controller.signal;
}

const count = (value: number): string => value.toLocaleString('en');

const countsOf = ({ read, refused, delivered, unsent }: ProduceResult) => ({ read, refused, delivered, unsent });

export function produceReport({ read, refused, delivered, unsent, refusals, failures }: ProduceResult): string {
  const head = `${count(read)} read: ${count(delivered)} delivered, ${count(refused)} refused, ${count(unsent)} not sent\n`;
  return [head, ...refusals.map((one) => `  ${one}\n`), ...failures.map((failure) => `${failure}\n`)].join('');
}
