import { fingerprintOf } from '../fingerprint.ts';
import { snapshotOf, type Table } from '../iceberg/index.ts';
import type { CompiledModel } from '../manifest.ts';
import type { RunRequest } from '../run.ts';
import type { PublishedView } from '../view.ts';
import { describeHold, holdOf } from './hold.ts';
import { type BuildInput, findInputs, type Reads } from './inputs.ts';
import { publishedBy, whatChanged } from './published.ts';

/** What a run would do with a model, why, and from which versions of its inputs. */
export interface Decision {
  readonly action: 'build' | 'skip' | 'held';
  readonly reason: string;
  readonly inputs: readonly BuildInput[];
  readonly fingerprint: string;
}

const NOTHING_CHANGED = 'nothing changed';

type Asked = Pick<RunRequest, 'asOf' | 'full'>;

/** Decides on a table as it stands; `undefined` where it is absent. Throws `input_missing`. */
export async function decideTable(
  deps: Reads,
  model: CompiledModel,
  { asOf, full }: Asked,
  table: Table | undefined,
): Promise<Decision> {
  const inputs = await findInputs(deps, model.inputs);
  const fingerprint = fingerprintOf(model, inputs, asOf);
  const decided = (action: Decision['action'], reason: string): Decision => ({ action, reason, inputs, fingerprint });
  const hold = table && holdOf(table);
  if (hold !== undefined) return decided('held', describeHold(hold));
  const current = table && snapshotOf(table);
  const published = table && publishedBy(table);
  if (!full && current !== undefined && published?.fingerprint === fingerprint) return decided('skip', NOTHING_CHANGED);
  return decided('build', whatChanged(current, published, model, inputs, asOf));
}

/** Decides on a view as it is published. Throws `input_missing`. */
export async function decideView(
  deps: Reads,
  model: CompiledModel,
  { asOf, full }: Asked,
  published: PublishedView | undefined,
): Promise<Decision> {
  const inputs = await findInputs(deps, model.inputs);
  const fingerprint = fingerprintOf(model, inputs, asOf);
  const isBuilt = full || published?.fingerprint !== fingerprint;
  const change = published?.fingerprint === undefined ? 'first version' : 'the view or one of its tables changed';
  return { action: isBuilt ? 'build' : 'skip', reason: isBuilt ? change : NOTHING_CHANGED, inputs, fingerprint };
}
