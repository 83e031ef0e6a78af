import type { Command } from 'commander';
import { TributaryError } from '../../common/errors.ts';
import { type RunningStack, STATE_DIR, stopStack } from '../../localstack/stack.ts';
import { bringUp } from '../../localstack/up.ts';
import { AS_OF } from '../datasets/complete-journey/sources.ts';
import { Stages } from '../demo/stages.ts';
import { loadPlatform } from '../platform.ts';
import { runQuery } from '../query/athena.ts';
import { formatted } from '../query/format.ts';
import type { RunOutcome } from '../run/execute.ts';
import { runReport } from '../run/report.ts';
import { withProgress } from '../ui.ts';
import { datasetReport, loadDataset } from './load.ts';
import { runModels } from './run.ts';
import { portOptions } from './up.ts';

interface Options {
  readonly port?: number;
  readonly athenaPort?: number;
  readonly exit: boolean;
}

export function register(program: Command): void {
  const command = program
    .command('demo')
    .description('start the local stack, load a year of real shopping, build all tables and query them');
  portOptions(command).option('--exit', 'stop the stack at the end', false).action(demo);
}

async function demo({ exit, ...ports }: Options): Promise<void> {
  if (exit) stopOnSignals();
  try {
    const stack = await showAll(ports);
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

async function showAll(ports: Omit<Options, 'exit'>): Promise<RunningStack> {
  const stages = new Stages();
  const { stack } = await stages.add('start and deploy', () =>
    withProgress('local stack', (onProgress) => bringUp({ stateDir: STATE_DIR, ...ports, onProgress })),
  );
  const platform = await loadPlatform();

  const loaded = await stages.add(
    'load and ingest',
    () => withProgress('loading a year of shopping', (onProgress) => loadDataset(platform, onProgress)),
    ({ received }) => received,
  );
  print(`\n${datasetReport(loaded)}\n`);

  const outcome = await stages.add(
    'build the tables',
    () => runModels(platform, { full: false, selected: null, asOf: AS_OF }),
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

  await stages.add('query', () => showQueries(platform.workgroup));
  print(`${stages.report()}\n`);
  return stack;
}

const rowsBuilt = ({ builds }: RunOutcome): number =>
  builds.filter(({ status }) => status === 'built').reduce((total, { rows }) => total + rows, 0);

const QUERIES = [
  `select date_trunc('month', date) as month, sum(orders) as orders, sum(revenue) as revenue
from marts.sales_by_day
group by 1
order by 1`,
  `select segment, customers, revenue, round(100 * revenue_share, 1) as percent
from marts.customer_segments
order by revenue desc`,
  `select revenue_rank, product_name, category, revenue, customers
from marts.top_products
order by revenue_rank
limit 5`,
];

async function showQueries(workgroup: string): Promise<void> {
  for (const sql of QUERIES) {
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
