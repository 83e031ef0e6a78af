import { type Command, InvalidArgumentError, Option } from 'commander';
import { s3 } from '../../common/aws.ts';
import { TributaryError } from '../../common/errors.ts';
import { compileProject } from '../../engine/compile/index.ts';
import { s3FileIo } from '../../engine/iceberg/index.ts';
import type { Manifest } from '../../engine/manifest.ts';
import { ENGINE_NAMES, type EngineName } from '../../engine/model.ts';
import { MODEL_SETS, type ModelSet } from '../../infra/environments.ts';
import type { Platform } from '../../infra/platform.ts';
import { PROJECT_ROOT } from '../../localstack/stack.ts';
import { deployCommand, deployedModels } from '../plan/manifest.ts';
import { loadPlatform } from '../platform.ts';
import { cancelRuns, type StoppedRuns } from '../run/cancel.ts';
import { executeRun, type RunInput, type RunOutcome } from '../run/execute.ts';
import { cancelReport, runReport } from '../run/report.ts';
import { resumedInput } from '../run/resume.ts';
import { type Selection, selectModels } from '../run/selection.ts';
import { withProgress } from '../ui.ts';

interface Options extends Selection {
  readonly full: boolean;
  readonly asOf?: string;
  readonly allowBreaking: boolean;
  readonly engine?: EngineName;
  readonly resume: boolean;
  readonly cancel: boolean;
  readonly audit: boolean;
  readonly wait: number;
  readonly json: boolean;
}

export function register(program: Command): void {
  selectionOptions(program.command('run').description('build the tables whose inputs or SQL have changed'))
    .option('--resume', 'go on with the last run, where it failed or was stopped, on its logical date', false)
    .option('--audit', 'judge all rows of every table, also of those that are left as they are', false)
    .option('--wait <minutes>', 'wait so long for the end of another run', minutes, 0)
    .option('--cancel', 'stop the run that is under way', false)
    .option('--json', 'print the outcome as JSON', false)
    .addHelpText('after', '\nExits with 1 when a table failed or was blocked; its old version goes on serving.')
    .action(run);
}

/** Adds the options that say what is built. */
export const selectionOptions = (command: Command): Command =>
  command
    .option('--table <name>', 'only this table; may be given again', collect, [])
    .option('--domain <name>', 'only the tables of this domain; may be given again', collect, [])
    .option('--set <name>', `a set of tables, with all that they are made of: ${SETS.join(', ')}`, modelSet)
    .option('--full', 'build also what has not changed', false)
    .option('--as-of <yyyy-mm-dd>', 'logical date, which current_date means in the models', isoDate)
    .option('--allow-breaking', 'publish also what removes or narrows columns that others read', false)
    .addOption(new Option('--engine <name>', 'build with this engine, whatever the size').choices(ENGINE_NAMES));

const collect = (value: string, before: readonly string[]): string[] => [...before, value];

function isoDate(value: string): string {
  const date = new Date(`${value}T00:00:00Z`);
  if (Number.isNaN(date.getTime()) || date.toISOString().slice(0, 10) !== value) {
    throw new InvalidArgumentError('it must be a date of the form 2018-01-31');
  }
  return value;
}

const isSet = (name: string): name is ModelSet => name in MODEL_SETS;
const SETS = Object.keys(MODEL_SETS).filter(isSet);

function modelSet(name: string): ModelSet {
  if (isSet(name)) return name;
  throw new InvalidArgumentError(`it must be one of ${SETS.join(', ')}`);
}

function minutes(value: string): number {
  const number = Number(value);
  if (value !== '' && Number.isFinite(number) && number >= 0) return number;
  throw new InvalidArgumentError('it must be a number of minutes');
}

async function run(options: Options): Promise<void> {
  const { json } = options;
  if (options.cancel) {
    const stopped = await cancel(await loadPlatform());
    process.stdout.write(json ? `${JSON.stringify(stopped, null, 2)}\n` : cancelReport(stopped));
    return;
  }
  const [platform, manifest] = await Promise.all([loadPlatform(), compileProject(PROJECT_ROOT)]);
  requireSameManifest(platform, manifest);
  const input = options.resume ? await resumedInput(platform, manifest) : newInput(manifest, options);
  const outcome = await runModels(platform, input);
  process.stdout.write(json ? `${JSON.stringify(outcome, null, 2)}\n` : runReport(outcome));
  if (!outcome.succeeded) process.exitCode = 1;
}

/** Stops what is under way, by the domains that are deployed: compiling takes longer than many a run. */
async function cancel(platform: Platform): Promise<StoppedRuns> {
  const deployed = await deployedModels(s3FileIo(s3()), platform);
  return cancelRuns(platform, deployed ?? (await compileProject(PROJECT_ROOT)));
}

function newInput(
  manifest: Manifest,
  { asOf, full, audit, allowBreaking, engine, wait, ...selection }: Options,
): RunInput {
  const selected = selectModels(manifest, selection);
  const common = { full, audit, selected, allowBreaking, engine: engine ?? null, waitMinutes: wait };
  return { ...common, ...(asOf === undefined ? {} : { asOf }) };
}

/** Runs the deployed models and tells of each build as it ends. */
export const runModels = (platform: Platform, input: RunInput): Promise<RunOutcome> =>
  withProgress('running the models', (onProgress) => {
    let done = 0;
    return executeRun(platform, input, {
      onBuild: ({ model, status }) => onProgress(`${++done} done, ${model} ${status}`),
    });
  });

/** What is deployed builds what was deployed: changed files would silently have no effect. */
export function requireSameManifest({ manifestHash, environment }: Platform, manifest: Manifest): void {
  if (manifestHash === manifest.hash) return;
  throw new TributaryError({
    code: 'stale_deployment',
    message: 'the deployed models are not those of this folder',
    where: 'sql/, events/contracts/',
    advice: `deploy them: ${deployCommand(environment)}`,
  });
}
