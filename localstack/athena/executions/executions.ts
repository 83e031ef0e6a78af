import { rmSync } from 'node:fs';
import { failureOf, QueryFailure, ScanLimitExceeded } from '../failures.ts';
import { type ResultTarget, ResultWriter } from '../results/result-writer.ts';
import type { StatementRunner } from '../statements/runner.ts';
import { type Execution, isFinished, isReusable } from './execution.ts';

/** Queries that run at the same time; more of them would share the same memory and cores. */
const RUNNING_AT_ONCE = 4;
/** Executions and results that are kept. */
const KEPT = 5000;

/** All executions since the endpoint was started, and the queue of those to come. */
export class Executions {
  readonly #runner: StatementRunner;
  readonly #target: Omit<ResultTarget, 'id' | 'location'>;
  readonly #byId = new Map<string, Execution>();
  readonly #queue: Execution[] = [];
  readonly #running = new Set<Promise<void>>();

  constructor(runner: StatementRunner, target: Omit<ResultTarget, 'id' | 'location'>) {
    this.#runner = runner;
    this.#target = target;
  }

  get(id: string): Execution | undefined {
    return this.#byId.get(id);
  }

  /** Those of a work group, newest first. */
  list(workGroup: string): readonly Execution[] {
    return [...this.#byId.values()].filter((execution) => execution.workGroup === workGroup).reverse();
  }

  submit(execution: Execution): void {
    this.#byId.set(execution.id, execution);
    this.#queue.push(execution);
    this.#forgetOldest();
    this.#next();
  }

  /** Ends a query that is waiting or running; a finished one stays as it is. */
  stop(execution: Execution): void {
    if (isFinished(execution)) return;
    execution.state = 'CANCELLED';
    execution.completed = new Date();
    execution.abort.abort();
  }

  /** Stops what is waiting or running and waits until it has ended. */
  async close(): Promise<void> {
    for (const execution of this.#byId.values()) this.stop(execution);
    await Promise.all(this.#running);
  }

  #next(): void {
    while (this.#running.size < RUNNING_AT_ONCE) {
      const execution = this.#queue.shift();
      if (execution === undefined) return;
      if (execution.state !== 'QUEUED') continue;
      const run = this.#run(execution).finally(() => {
        this.#running.delete(run);
        this.#next();
      });
      this.#running.add(run);
    }
  }

  async #run(execution: Execution): Promise<void> {
    execution.state = 'RUNNING';
    execution.started = new Date();
    const earlier = this.#earlier(execution);
    if (earlier !== undefined) return reuse(execution, earlier);
    const writer = new ResultWriter({ ...this.#target, id: execution.id, location: execution.location });
    try {
      await this.#runner.run(execution, writer);
      if (isStopped(execution)) return await writer.discard();
      execution.result = await writer.finish().catch(asOutputFailure);
      execution.state = 'SUCCEEDED';
    } catch (error) {
      await writer.discard();
      if (isStopped(execution)) return;
      execution.failure = failureOf(error);
      execution.state = error instanceof ScanLimitExceeded ? 'CANCELLED' : 'FAILED';
    } finally {
      execution.completed ??= new Date();
    }
  }

  /** The newest execution whose result may be taken. */
  #earlier(execution: Execution): Execution | undefined {
    if (execution.reuseMinutes === 0) return undefined;
    return [...this.#byId.values()].findLast((candidate) => isReusable(candidate, execution));
  }

  #forgetOldest(): void {
    for (const [id, execution] of this.#byId) {
      if (this.#byId.size <= KEPT) return;
      if (!isFinished(execution)) continue;
      this.#byId.delete(id);
      // The result stays in S3; only its copy for paging goes.
      const { result } = execution;
      const isShared = [...this.#byId.values()].some((other) => other.result?.file === result?.file);
      if (result !== undefined && !isShared) rmSync(result.file, { force: true });
    }
  }
}

function reuse(execution: Execution, earlier: Execution): void {
  const { result, rows } = earlier;
  // A result that was itself taken lies where it was made.
  Object.assign(execution, {
    result,
    rows,
    reused: earlier.reused ?? earlier,
    state: 'SUCCEEDED',
    completed: new Date(),
  });
}

/** Read afresh: the state changes while a query runs. */
const isStopped = ({ state }: Execution): boolean => state === 'CANCELLED';

function asOutputFailure(error: unknown): never {
  const { message } = error instanceof Error ? error : new Error(String(error));
  throw new QueryFailure('INVALID_OUTPUT_LOCATION', `The result could not be written: ${message}`);
}
