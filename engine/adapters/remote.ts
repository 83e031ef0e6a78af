import type { EngineName } from '../model.ts';
import type { EngineAdapter } from './adapter.ts';

/** One build, as an engine outside this process gets to know it. */
export interface RemoteBuild {
  /** What the build stages bears names of its own, the same however often it is called. */
  readonly scope: string;
  /** What an earlier call of the same build had started. */
  readonly token?: string;
  /** When this call has to hand back a token; without, it waits for the end. */
  readonly deadline?: Date;
  /** Called with each token before what it names is waited for, so that nothing that was started is forgotten. */
  remember(token: string): Promise<void>;
}

/** An adapter for one build. */
export interface RemoteAdapter extends EngineAdapter {
  /**
   * Stops what still runs and removes what was staged, at the end of the build, whether it went well or not. Not after
   * `StillRunning`: the next call of the same build goes on with both.
   */
  close(): Promise<void>;
}

/** An engine outside this process: its queries outlive the call that started them. */
export interface RemoteEngine {
  readonly engine: Exclude<EngineName, 'duckdb'>;
  open(build: RemoteBuild): RemoteAdapter;
}
