import { TributaryError } from '../../common/errors.ts';
import { type CheckHistory, historyText, parseHistory, remember } from '../checks/history.ts';
import { RULES } from '../checks/registry.ts';
import type { CompiledModel } from '../manifest.ts';
import type { CheckResult, RunRequest } from '../run.ts';
import { type AuditStandard, rejudge } from './audit.ts';
import type { BuildDeps } from './ports.ts';

type Deps = Pick<BuildDeps, 'io' | 'settings'>;
type Checked = Pick<CompiledModel, 'name' | 'columns' | 'audit'>;

/** What the checks of a model's new version are judged by. */
export async function auditStandard(deps: Deps, model: Checked): Promise<AuditStandard> {
  return { history: await readHistory(deps, model), rowMinima: deps.settings.rowMinima };
}

/** The checks that an unchanged table fails or passes by the date alone. */
export async function recheck(deps: Deps, model: Checked, { asOf }: RunRequest): Promise<readonly CheckResult[]> {
  return rejudge(model, await readHistory(deps, model), asOf);
}

/** Keeps what the checks of a published version measured. The version stands whether or not that can be written. */
export async function rememberChecks(
  deps: Deps,
  model: Checked,
  { asOf }: RunRequest,
  checks: readonly CheckResult[],
): Promise<void> {
  if (!hasHistory(model)) return;
  const history = remember(await readHistory(deps, model), asOf, checks);
  await deps.io.write(historyUri(deps, model), historyText(history)).catch(() => undefined);
}

async function readHistory(deps: Deps, model: Checked): Promise<CheckHistory> {
  if (!hasHistory(model)) return [];
  try {
    return parseHistory(Buffer.from(await deps.io.read(historyUri(deps, model))).toString('utf8'));
  } catch (error) {
    if (error instanceof TributaryError && error.code === 'object_missing') return [];
    throw error;
  }
}

const hasHistory = ({ audit }: Checked): boolean =>
  audit.checks.some(({ rule }) => RULES.get(rule)?.isRemembered === true);

const historyUri = ({ settings }: Deps, { name }: Checked): string =>
  `s3://${settings.buckets.operations}/check-history/${name}.json`;
