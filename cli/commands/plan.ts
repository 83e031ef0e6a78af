import type { Command } from 'commander';
import { compileProject } from '../../engine/compile/index.ts';
import type { EngineName } from '../../engine/model.ts';
import { PROJECT_ROOT } from '../../localstack/stack.ts';
import { makePlan } from '../plan/plan.ts';
import { planReport } from '../plan/report.ts';
import { loadPlatform } from '../platform.ts';
import { type Selection, selectModels } from '../run/selection.ts';
import { selectionOptions } from './run.ts';

interface Options extends Selection {
  readonly full: boolean;
  readonly asOf?: string;
  readonly allowBreaking: boolean;
  readonly engine?: EngineName;
  readonly json: boolean;
  readonly exitCode: boolean;
}

/** The exit code that says: there is something to do. */
const CHANGES = 2;

export function register(program: Command): void {
  selectionOptions(program.command('plan').description('show what a run of these models would build, and why'))
    .option('--exit-code', 'exit with 2 when there is something to do, for CI', false)
    .option('--json', 'print the plan as JSON', false)
    .addHelpText('after', HELP)
    .action(plan);
}

const HELP = `
Nothing is written. A table that reads one that will be built "may change": whether it does shows when that is built.
Dollars are those of Lambda's, Athena's and Glue's list prices, by the duration of the model's earlier builds.`;

async function plan({ asOf, full, allowBreaking, engine, json, exitCode, ...selection }: Options): Promise<void> {
  const [platform, manifest] = await Promise.all([loadPlatform(), compileProject(PROJECT_ROOT)]);
  const made = await makePlan(platform, manifest, {
    asOf: asOf ?? new Date().toISOString().slice(0, 10),
    full,
    allowBreaking,
    engine: engine ?? null,
    selected: selectModels(manifest, selection),
  });
  process.stdout.write(json ? `${JSON.stringify(made, null, 2)}\n` : planReport(made));
  if (exitCode && made.hasChanges) process.exitCode = CHANGES;
}
