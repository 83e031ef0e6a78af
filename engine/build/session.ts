import { TributaryError } from '../../common/errors.ts';
import { StillRunning } from '../adapters/adapter.ts';
import type { RemoteAdapter } from '../adapters/remote.ts';
import type { BuildRequest } from '../run.ts';
import { underLease } from './lease.ts';
import type { Outcome } from './outcome.ts';
import { InputPins } from './pinned-inputs.ts';
import type { BuildDeps, UnfinishedBuild } from './ports.ts';

/**
 * A build of one model by one run, which may take several calls. All of them read the same versions of the inputs, so
 * that they come to the same queries, each of which is started once. What was started is kept with the versions before
 * it is waited for: a call that dies loses nothing, and whoever builds the table next can stop it.
 */
export class BuildSession {
  /** What the build touches, with its inputs pinned; engines outside this process are there for the writer only. */
  readonly deps: BuildDeps;
  readonly startedAt: Date;
  readonly #request: BuildRequest;
  readonly #pins: InputPins;
  /** What the last call of any run has left. */
  readonly #left: UnfinishedBuild | undefined;
  readonly #tokens: Map<string, string>;
  #open: readonly RemoteAdapter[] | undefined;
  #writing: Promise<void> = Promise.resolve();
  #isKept: boolean;
  #done: Outcome | undefined;

  static async open(deps: BuildDeps, request: BuildRequest): Promise<BuildSession> {
    return new BuildSession(deps, request, await deps.unfinished.read(request.model));
  }

  private constructor(deps: BuildDeps, request: BuildRequest, left: UnfinishedBuild | undefined) {
    const own = left?.runId === request.runId ? left : undefined;
    this.#request = request;
    this.#left = left;
    this.#isKept = own !== undefined;
    this.#done = own?.done;
    this.#pins = new InputPins(own?.inputs);
    this.#tokens = new Map(Object.entries(own?.tokens ?? {}));
    this.startedAt = own === undefined ? deps.now() : new Date(own.startedAt);
    this.deps = {
      ...deps,
      ...this.#pins.reads(deps, request.model),
      settings: { ...deps.settings, engine: request.engine ?? deps.settings.engine },
    };
  }

  /** What an earlier call has come to, where only the audit of all rows goes on. */
  get done(): Outcome | undefined {
    return this.#done;
  }

  /** Runs a step as the table's only writer, with all engines. Throws `table_busy`, and what `withEngines` throws. */
  asWriter<T>(step: (deps: BuildDeps) => Promise<T>): Promise<T> {
    const { model, runId } = this.#request;
    return underLease(this.deps, model, runId, async () => {
      await this.#abandonOther();
      return this.withEngines(step);
    });
  }

  /**
   * Runs a step with all engines, after which nothing of it is left in them; `done` is what the build has come to before
   * it. Throws `build_timeout`, and `StillRunning` where an engine goes on after this call.
   */
  async withEngines<T>(step: (deps: BuildDeps) => Promise<T>, done?: Outcome): Promise<T> {
    this.#done = done;
    try {
      const remote = Object.fromEntries(this.#opened().map((adapter) => [adapter.engine, adapter]));
      this.#requireTime();
      const result = await step({ ...this.deps, adapters: { ...remote, ...this.deps.adapters } });
      await this.end();
      return result;
    } catch (error) {
      // Also what has not started anything yet goes on as it began.
      if (error instanceof StillRunning) await this.#keep();
      else await this.end();
      throw error;
    }
  }

  /** Cleans up after the last call; what cannot be removed takes space but does no harm. */
  async end(): Promise<void> {
    if (!this.#isKept && this.#open === undefined) return;
    for (const adapter of this.#opened()) await adapter.close().catch(() => undefined);
    this.#open = undefined;
    this.#tokens.clear();
    await this.#writing.catch(() => undefined);
    if (this.#isKept) await forget(this.deps, this.#request).catch(() => undefined);
    this.#isKept = false;
  }

  /** Stops what a run that has died left running: its inputs may be old ones by now. */
  async #abandonOther(): Promise<void> {
    const left = this.#left;
    if (left === undefined || left.runId === this.#request.runId) return;
    await abandon(this.deps, left);
  }

  #opened(): readonly RemoteAdapter[] {
    const { deadline, remoteEngines } = this.deps;
    this.#open ??= remoteEngines.map(({ engine, open }) => {
      const token = this.#tokens.get(engine);
      return open({
        scope: scopeOf(this.#request),
        ...(token !== undefined && { token }),
        ...(deadline !== undefined && { deadline }),
        remember: (now) => this.#remember(engine, now),
      });
    });
    return this.#open;
  }

  #remember(engine: string, token: string): Promise<void> {
    this.#tokens.set(engine, token);
    return this.#keep();
  }

  /** One after the other, so that a later token is not overwritten by an earlier one. */
  #keep(): Promise<void> {
    this.#isKept = true;
    this.#writing = this.#writing.then(() => {
      const { runId, model } = this.#request;
      const [startedAt, inputs] = [this.startedAt.toISOString(), this.#pins.pinned];
      const tokens = Object.fromEntries(this.#tokens);
      const done = this.#done === undefined ? {} : { done: this.#done };
      return this.deps.unfinished.write({ runId, model, startedAt, inputs, tokens, ...done });
    });
    return this.#writing;
  }

  #requireTime(): void {
    const { now, settings } = this.deps;
    if (now().getTime() - this.startedAt.getTime() <= settings.buildSeconds * 1000) return;
    throw new TributaryError({
      code: 'build_timeout',
      message: `the build has not ended within ${settings.buildSeconds} s`,
      where: this.#request.model,
      advice: 'Build it with another engine, split the model, or raise `build.hours` of the environment.',
    });
  }
}

const scopeOf = ({ runId, model }: Pick<BuildRequest, 'runId' | 'model'>): string => `${runId} ${model}`;

/** Stops what a build has started, removes what it has staged, and forgets it. */
export async function abandon(
  { remoteEngines, unfinished }: Pick<BuildDeps, 'remoteEngines' | 'unfinished'>,
  build: UnfinishedBuild,
): Promise<void> {
  for (const { engine, open } of remoteEngines) {
    const token = build.tokens[engine];
    if (token !== undefined) await open({ scope: scopeOf(build), token, remember: async () => undefined }).close();
  }
  await forget({ unfinished }, build);
}

/** A call may outlive its run, and another run build the table by now. */
async function forget(
  { unfinished }: Pick<BuildDeps, 'unfinished'>,
  { model, runId }: Pick<UnfinishedBuild, 'model' | 'runId'>,
): Promise<void> {
  if ((await unfinished.read(model))?.runId === runId) await unfinished.delete(model);
}
