// Tributary against bare DuckDB, dbt-duckdb, pandas, Polars and PySpark, all of them making the same tables:
//   node bench/comparison/run.ts [lines | complete-journey] [rounds] [contender,contender …]
// Every contender runs in a process of its own, alone, one after the other in each round; its tables are compared with
// Tributary's before any time counts. Prints the tables of comparison.md and keeps each figure.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { appendFile, mkdir, open, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { ensurePython } from '../../localstack/python.ts';
import { writeCompleteJourney } from './complete-journey.ts';
import { dateOf, sendDayAgain, writeYear } from './data.ts';
import { writeDbtProject } from './dbt-project.ts';
import { startObjectServer } from './object-server.ts';
import { compiledModels } from './project.ts';
import { requireEqualTables } from './verify.ts';

/** Data, Python packages and tables; outside the work tree, since the data fills gigabytes. */
const HOME = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'tributary', 'comparison');
const TABLES = join(HOME, 'tables');
const COMPLETE_JOURNEY = 'complete-journey';
/** Marks data that is there as a whole. */
const COMPLETE = 'complete';
/** What a program may use; one that needs more is stopped. */
const MEMORY_MIB = 12 * 1024;
/** The day that is sent again, where it is not one of the generated year. */
const CHANGED_DAY: Readonly<Record<string, string>> = { [COMPLETE_JOURNEY]: '2017-07-20' };

const CONTENDERS = ['tributary', 'duckdb', 'dbt', 'polars', 'pandas', 'spark'] as const;
type Contender = (typeof CONTENDERS)[number];

/** What is done: everything from nothing; one day of the year has been sent again; nothing has changed. */
const STEPS = ['full', 'increment', 'unchanged'] as const;
type Step = (typeof STEPS)[number];

/** These keep what they have made; the others begin from nothing each time. */
const INCREMENTAL: ReadonlySet<Contender> = new Set(['tributary', 'dbt']);

interface Cost {
  readonly status: 'done' | 'failed' | 'out of memory';
  /** Wall time. */
  readonly seconds: number;
  /** Seconds of processor time, of all threads. */
  readonly processor: number;
  /** Highest resident memory, MiB. */
  readonly peak: number;
}

interface Measured extends Cost {
  readonly contender: Contender;
  readonly step: Step;
}

interface Place {
  readonly data: string;
  readonly python: string;
  /** Folder of a contender's tables. */
  readonly folder: string;
}

async function main(): Promise<void> {
  const dataset = process.argv[2] ?? '1000000';
  const rounds = Number(process.argv[3] ?? 3);
  const asked = process.argv[4]?.split(',');
  const contenders = CONTENDERS.filter((name) => name === 'tributary' || (asked?.includes(name) ?? true));
  const data = join(HOME, 'data', dataset);
  const python = await ensurePython(
    {
      directory: join(HOME, 'venv'),
      requirements: join(import.meta.dirname, 'requirements.txt'),
      provides: 'polars, pandas, pyspark, dbt.adapters.duckdb',
    },
    { onProgress: console.log },
  );
  await givenData(dataset, data);
  const names = (await compiledModels()).models.map(({ name }) => name);
  const measured: Measured[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    await rm(TABLES, { recursive: true, force: true });
    let takeBack = async (): Promise<void> => {};
    for (const step of STEPS) {
      if (step === 'increment') takeBack = await sendDayAgain(data, CHANGED_DAY[dataset] ?? dateOf(200));
      for (const contender of contenders.filter((name) => step === 'full' || INCREMENTAL.has(name))) {
        const isLost = measured.some((earlier) => earlier.contender === contender && earlier.status !== 'done');
        if (isLost) continue;
        const folder = join(TABLES, contender);
        const result = { contender, step, ...(await measure(contender, step, { data, python, folder })) };
        if (result.status === 'done' && contender !== 'tributary') {
          await requireEqualTables(join(TABLES, 'tributary'), folder, names);
        }
        measured.push(result);
        const line = JSON.stringify({ dataset, round, ...result });
        await appendFile(join(HOME, 'figures.jsonl'), `${line}\n`);
        console.log(line);
        if (!INCREMENTAL.has(contender)) await rm(folder, { recursive: true, force: true });
      }
    }
    await takeBack();
  }
  report(measured);
}

async function givenData(dataset: string, folder: string): Promise<void> {
  if (existsSync(join(folder, COMPLETE))) return;
  console.log(`making the data of ${dataset}`);
  await rm(folder, { recursive: true, force: true });
  await (dataset === COMPLETE_JOURNEY ? writeCompleteJourney(folder) : writeYear(folder, Number(dataset)));
  await writeFile(join(folder, COMPLETE), '');
}

/** One run of a contender. The S3 stand-in is a part of this process, so that its work does not count. */
async function measure(contender: Contender, step: Step, place: Place): Promise<Cost> {
  const { data, folder } = place;
  if (step === 'full') {
    await mkdir(folder, { recursive: true });
    if (contender === 'dbt') await writeDbtProject(await compiledModels(), data, folder);
    if (contender === 'tributary') await symlink(join(data, 'bronze'), join(folder, 'bronze'));
  }
  const server = await startObjectServer(folder);
  const result = join(HOME, 'measured.json');
  const command = commandOf(contender, place, server.endpoint);
  await rm(result, { force: true });
  const log = await open(join(HOME, `${contender}.log`), 'a');
  const program = spawn('python3', [join(import.meta.dirname, 'measure.py'), String(MEMORY_MIB), result, ...command], {
    stdio: ['ignore', log.fd, log.fd],
  });
  await once(program, 'exit');
  await log.close();
  await server.close();
  return JSON.parse(await readFile(result, 'utf8')) as Cost;
}

function commandOf(contender: Contender, { data, python, folder }: Place, endpoint: string): readonly string[] {
  const here = (name: string): string => join(import.meta.dirname, name);
  switch (contender) {
    case 'tributary':
      return [process.execPath, here('tributary.ts'), data, folder, endpoint];
    case 'duckdb':
      return [process.execPath, here('bare.ts'), data, folder];
    case 'dbt':
      return [join(dirname(python), 'dbt'), 'build', '--project-dir', folder, '--profiles-dir', folder];
    default:
      return [python, here(`programs/with_${contender}.py`), data, folder];
  }
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

const LABELS: Readonly<Record<Contender, string>> = {
  tributary: 'Tributary',
  duckdb: 'DuckDB, the SQL alone',
  dbt: 'dbt-duckdb',
  polars: 'Polars',
  pandas: 'pandas',
  spark: 'PySpark, local',
};

const STEP_LABELS: Readonly<Record<Step, string>> = {
  full: 'full build',
  increment: 'one changed day',
  unchanged: 'nothing changed',
};

/** The rows of comparison.md: medians of all rounds, and how many times Tributary's each is. */
function report(measured: readonly Measured[]): void {
  console.log('\n| run | contender | seconds | processor seconds | memory, MiB | × seconds | × processor |');
  console.log('| --- | --- | ---: | ---: | ---: | ---: | ---: |');
  for (const [step, stepLabel] of Object.entries(STEP_LABELS)) {
    const own = measured.filter((cost) => cost.contender === 'tributary' && cost.step === step);
    for (const [contender, label] of Object.entries(LABELS)) {
      const costs = measured.filter((cost) => cost.contender === contender && cost.step === step);
      if (costs.length === 0) continue;
      const unfinished = costs.find(({ status }) => status !== 'done');
      const of = (key: 'seconds' | 'processor' | 'peak') => median(costs.map((cost) => cost[key]));
      const ratio = (key: 'seconds' | 'processor') => (of(key) / median(own.map((cost) => cost[key]))).toFixed(2);
      const cells =
        unfinished === undefined
          ? [
              of('seconds').toFixed(1),
              of('processor').toFixed(1),
              of('peak').toFixed(0),
              ratio('seconds'),
              ratio('processor'),
            ]
          : [unfinished.status, '', `over ${unfinished.peak.toFixed(0)}`, '', ''];
      console.log(`| ${stepLabel} | ${label} | ${cells.join(' | ')} |`);
    }
  }
}

await main();
