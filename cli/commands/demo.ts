import { type Command, Option } from 'commander';
import { TributaryError } from '../../common/errors.ts';
import { type RunningStack, STATE_DIR, stopStack } from '../../localstack/stack.ts';
import { bringUp } from '../../localstack/up.ts';
import { DATASET_NAMES, type DatasetName } from '../datasets/dataset.ts';
import { datasetOf } from '../datasets/index.ts';
import { SYNTHETIC_DEFAULTS, type SyntheticInput, syntheticOptions } from '../datasets/synthetic/options.ts';
import { DEMO_QUERIES } from '../demo/queries.ts';
import { Stages } from '../demo/stages.ts';
import { sum } from '../load/intake.ts';
import { loadDataset } from '../load/load-dataset.ts';
import { loadPlatform } from '../platform.ts';
import { runQuery } from '../query/athena.ts';
import { formatted } from '../query/format.ts';
import type { RunOutcome } from '../run/execute.ts';
import { runReport } from '../run/report.ts';
import { withProgress } from '../ui.ts';
import { datasetReport } from './load.ts';
import { runModels } from './run.ts';
import { portOptions } from './up.ts';

interface Options extends SyntheticInput {
  readonly dataset: DatasetName;
  readonly port?: number;
  readonly athenaPort?: number;
  readonly exit: boolean;
}

/** Small enough for a pleasant demo on two cores. */
const DEMO_DEFAULTS: SyntheticInput = { ...SYNTHETIC_DEFAULTS, scale: 0.1 };

export function register(program: Command): void {
  const command = program
    .command('demo')
    .description('start the local stack, stream and load a dataset, build all tables and query them')
    .addOption(
      new Option('--dataset <name>', 'a synthetic retailer, or a year of real shopping')
        .choices(DATASET_NAMES)
        .default('synthetic'),
    );
  portOptions(syntheticOptions(command, DEMO_DEFAULTS))
    .option('--exit', 'stop the stack at the end', false)
    .addHelpText('after', '\nSize, period, seed and defects are those of the synthetic retailer.')
    .action(demo);
}

async function demo(options: Options): Promise<void> {
  const { exit } = options;
  if (exit) stopOnSignals();
  try {
    const stack = await showAll(options);
    if (!exit) print(howToGoOn(stack));
  } finally {
    if (exit) await withProgress('stopping', () => stopStack(STATE_DIR));
  }
}

/** Whoever asked for the end of the stack gets it also when the demo is interrupted. */
function stopOnSignals(): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, async () => {
      await stopStack(STATE_DIR);
      process.exit(1);
    });
  }
}

async function showAll({ port, athenaPort, dataset: name, ...input }: Options): Promise<RunningStack> {
  const stages = new Stages();
  const { stack } = await stages.add('start and deploy', () =>
    withProgress('local stack', (onProgress) => bringUp({ stateDir: STATE_DIR, port, athenaPort, onProgress })),
  );
  const platform = await loadPlatform();
  const dataset = datasetOf(name, input, platform);

  const loaded = await stages.add(
    'load and ingest',
    () => withProgress(`loading ${name}`, (onProgress) => loadDataset(dataset, platform, onProgress)),
    ({ counts }) => sum(Object.values(counts)).received,
  );
  print(`\n${datasetReport(loaded)}\n`);

  const outcome = await stages.add(
    'build the tables',
    () => runModels(platform, { full: false, selected: null, asOf: dataset.asOf }),
    rowsBuilt,
  );
  print(`\n${runReport(outcome)}\n`);
  if (!outcome.succeeded) {
    throw new TributaryError({
      code: 'run_failed',
      message: 'not all tables could be built; the reasons are above',
      advice: 'logs of the functions: .tributary/logs/emulator.log',
    });
  }

  await stages.add('query', () => showQueries(name, platform.workgroup));
  print(`${stages.report()}\n`);
  return stack;
}

const rowsBuilt = ({ builds }: RunOutcome): number =>
  builds.filter(({ status }) => status === 'built').reduce((total, { rows }) => total + rows, 0);

async function showQueries(name: DatasetName, workgroup: string): Promise<void> {
  for (const sql of DEMO_QUERIES[name]) {
    print(`${sql}\n\n`);
    for await (const piece of formatted(await runQuery(sql, { workgroup }), 'table')) print(piece);
    print('\n');
  }
}

const howToGoOn = ({
  environment,
}: RunningStack): string => `The stack is running: AWS at ${environment.AWS_ENDPOINT_URL}, Athena at ${environment.AWS_ENDPOINT_URL_ATHENA}.

  npx tributary query "select count(*) from gold.fact_sale"   query it
  npx tributary query "show tables in gold"                   look around
  npx tributary quality                                       see the checks
  eval "$(npx tributary status --export)"                     point the AWS CLI at it
  npm run down                                                stop it
`;

const print = (text: string): void => {
  process.stdout.write(text);
};
