import { type Command, InvalidArgumentError } from 'commander';
import { TributaryError } from '../../common/errors.ts';
import { compileProject } from '../../engine/compile/index.ts';
import type { Manifest } from '../../engine/manifest.ts';
import type { Platform } from '../../infra/platform.ts';
import { PROJECT_ROOT } from '../../localstack/stack.ts';
import { loadPlatform } from '../platform.ts';
import { executeRun, type RunInput, type RunOutcome } from '../run/execute.ts';
import { runReport } from '../run/report.ts';
import { selectModels } from '../run/selection.ts';
import { withProgress } from '../ui.ts';

interface Options {
  readonly table: readonly string[];
  readonly domain: readonly string[];
  readonly full: boolean;
  readonly asOf?: string;
  readonly json: boolean;
}

export function register(program: Command): void {
  program
    .command('run')
    .description('build the tables whose inputs or SQL have changed')
    .option('--table <name>', 'only this table; may be given again', collect, [])
    .option('--domain <name>', 'only the tables of this domain; may be given again', collect, [])
    .option('--full', 'build also what has not changed', false)
    .option('--as-of <yyyy-mm-dd>', 'logical date, which current_date means in the models', isoDate)
    .option('--json', 'print the outcome as JSON', false)
    .addHelpText('after', '\nExits with 1 when a table failed or was blocked; its old version goes on serving.')
    .action(run);
}

const collect = (value: string, before: readonly string[]): string[] => [...before, value];

function isoDate(value: string): string {
  const date = new Date(`${value}T00:00:00Z`);
  if (Number.isNaN(date.getTime()) || date.toISOString().slice(0, 10) !== value) {
    throw new InvalidArgumentError('it must be a date of the form 2018-01-31');
  }
  return value;
}

async function run({ asOf, full, json, ...selection }: Options): Promise<void> {
  const [platform, manifest] = await Promise.all([loadPlatform(), compileProject(PROJECT_ROOT)]);
  requireSameManifest(platform, manifest);
  const selected = selectModels(manifest, selection);
  const outcome = await runModels(platform, { full, selected, ...(asOf === undefined ? {} : { asOf }) });
  process.stdout.write(json ? `${JSON.stringify(outcome, null, 2)}\n` : runReport(outcome));
  if (!outcome.succeeded) process.exitCode = 1;
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
    advice:
      environment === 'local'
        ? 'deploy them: npx tributary up'
        : `deploy them: npx cdk deploy --all -c env=${environment}`,
  });
}
