import { z } from 'zod';
import { TributaryError } from '../../common/errors.ts';
import { nearest } from '../../engine/compile/nearest.ts';
import type { Manifest } from '../../engine/manifest.ts';
import { ENGINE_NAMES } from '../../engine/model.ts';
import { type RunRequest, runIdOf } from '../../engine/run.ts';
import { runRow } from '../finish-run/rows.ts';
import { summarize } from '../finish-run/summary.ts';
import type { LockHolder, RunLock } from '../shared/run-lock.ts';
import type { WriteRunRows } from '../shared/run-rows.ts';

/** What the state machine hands over: its own input and which execution it is. */
export interface StartRunEvent {
  readonly input: unknown;
  readonly executionArn: string;
  /** ISO 8601. */
  readonly startedAt: string;
}

export interface StartRunDeps {
  readonly manifest: Pick<Manifest, 'models'>;
  readonly lock: RunLock;
  readonly now: () => Date;
  readonly writeRows: WriteRunRows;
  isRunning(executionArn: string): Promise<boolean>;
}

const inputSchema = z.strictObject({
  asOf: z.iso.date('a day as yyyy-mm-dd').optional(),
  full: z.boolean().default(false),
  audit: z.boolean().default(false),
  selected: z.array(z.string()).min(1).nullish(),
  domain: z.string().nullish(),
  allowBreaking: z.boolean().default(false),
  engine: z.enum(ENGINE_NAMES).nullish(),
  waitMinutes: z.number().min(0).default(0),
  announce: z.boolean().default(false),
});

/** A run that has begun, that asks again in a while, or that gives way to the one that is under way. */
export interface StartedRun extends RunRequest {
  readonly status: 'started' | 'waiting' | 'skipped';
  /** Tell also of its good end. */
  readonly announce: boolean;
  /** Why it has not begun. */
  readonly reason?: string;
}

/**
 * Begins a run: makes sense of its input and takes the lock, from an execution that is over if need be. A run that meets
 * another one waits for it as long as its input says, then is skipped, and recorded so. Throws `bad_run_input`,
 * `unknown_model` or `unknown_domain`.
 */
export async function startRun(deps: StartRunDeps, event: StartRunEvent): Promise<StartedRun> {
  const input = parseInput(event.input);
  const startedAt = new Date(event.startedAt);
  const request: RunRequest = {
    runId: runIdOf(event.executionArn, startedAt),
    asOf: input.asOf ?? startedAt.toISOString().slice(0, 10),
    full: input.full,
    audit: input.audit,
    selected: selection(deps.manifest, input),
    allowBreaking: input.allowBreaking,
    engine: input.engine ?? null,
  };
  const other = await takeLock(deps, { executionArn: event.executionArn, runId: request.runId });
  const { announce } = input;
  if (other === undefined) return { ...request, announce, status: 'started' };
  const reason = `the run ${other.runId} is under way`;
  const now = deps.now();
  if (now.getTime() < startedAt.getTime() + input.waitMinutes * 60_000)
    return { ...request, announce, status: 'waiting', reason };
  const skipped = { ...summarize(request, [], now), status: 'skipped', reason } as const;
  await deps.writeRows('runs', request.runId, [runRow(skipped, [])]);
  return { ...request, announce, status: 'skipped', reason };
}

type RunInput = z.infer<typeof inputSchema>;

function parseInput(input: unknown): RunInput {
  const result = inputSchema.safeParse(input ?? {});
  if (result.success) return result.data;
  throw new TributaryError({
    code: 'bad_run_input',
    message: `the input of the run is not valid: ${z.prettifyError(result.error)}`,
    advice:
      'Give {"asOf"?: "yyyy-mm-dd", "full"?: boolean, "audit"?: boolean, "selected"?: [models], "domain"?: name, ' +
      '"allowBreaking"?: boolean, "engine"?: name, "waitMinutes"?: number, "announce"?: boolean}.',
  });
}

/** The models to build, sorted; null for all. */
function selection({ models }: Pick<Manifest, 'models'>, { selected, domain }: RunInput): readonly string[] | null {
  if (selected != null && domain != null) {
    throw new TributaryError({ code: 'bad_run_input', message: 'give either selected models or a domain, not both' });
  }
  if (domain != null) {
    const names = models.filter((model) => model.domain === domain).map(({ name }) => name);
    if (names.length === 0) throw unknown('domain', domain, new Set(models.map((model) => model.domain)));
    return names.sort();
  }
  const known = new Set(models.map(({ name }) => name));
  for (const name of selected ?? []) if (!known.has(name)) throw unknown('model', name, known);
  return selected == null ? null : [...new Set(selected)].sort();
}

function unknown(what: 'model' | 'domain', name: string, known: ReadonlySet<string>): TributaryError {
  const like = nearest(name, known);
  const all = [...known].sort().join(', ');
  return new TributaryError({
    code: `unknown_${what}`,
    message: `there is no ${what} "${name}"`,
    advice: like === undefined ? `There are: ${all}.` : `Did you mean "${like}"?`,
  });
}

/** Who runs instead, or undefined when `mine` may. */
async function takeLock({ lock, isRunning }: StartRunDeps, mine: LockHolder): Promise<LockHolder | undefined> {
  const holder = await lock.acquire(mine);
  if (holder === undefined) return undefined;
  return (await isRunning(holder.executionArn)) ? holder : lock.acquire(mine, holder);
}
