import { TributaryError } from '../../common/errors.ts';
import type { EngineAdapter } from '../adapters/adapter.ts';
import type { EngineName } from '../model.ts';
import type { BuildDeps, EngineThresholds } from './ports.ts';

export interface EngineChoice {
  readonly engine: EngineName;
  /** Why, where it is not simply what the size asks for. */
  readonly reason?: string;
}

export interface EngineQuestion {
  readonly inputBytes: number;
  /** `PROCESSING_ENGINE`, where it is set. */
  readonly override: EngineName | undefined;
  readonly thresholds: EngineThresholds;
  readonly available: ReadonlySet<EngineName>;
}

/**
 * The engine for a build: the override, else by the size of the inputs, else DuckDB where that one is not available.
 * Throws `engine_unavailable` for an override that cannot be followed.
 */
export function chooseEngine({ inputBytes, override, thresholds, available }: EngineQuestion): EngineChoice {
  if (override !== undefined) {
    if (available.has(override)) return { engine: override, reason: `the setting asks for ${override}` };
    throw new TributaryError({
      code: 'engine_unavailable',
      message: `the setting asks for ${override}, which is not available here`,
      advice: `Set PROCESSING_ENGINE to one of ${[...available].join(', ')}, or remove it.`,
    });
  }
  const suited = bySize(inputBytes, thresholds);
  if (available.has(suited)) return { engine: suited };
  return { engine: 'duckdb', reason: `${inputBytes} bytes of input suit ${suited}, which is not available here` };
}

function bySize(bytes: number, { duckdb, athena }: EngineThresholds): EngineName {
  if (bytes <= duckdb) return 'duckdb';
  return bytes <= athena ? 'athena' : 'spark';
}

/** The adapter for so many bytes of input, with a note where it is not what the size asks for. */
export function adapterFor(
  { adapters, settings }: Pick<BuildDeps, 'adapters' | 'settings'>,
  inputBytes: number,
): { readonly adapter: EngineAdapter; readonly note: string | undefined } {
  const known = Object.values(adapters);
  const available = new Set(known.map(({ engine }) => engine));
  const { engine, reason } = chooseEngine({
    inputBytes,
    override: settings.engine,
    thresholds: settings.thresholds,
    available,
  });
  const adapter = adapters[engine];
  if (adapter !== undefined) return { adapter, note: reason };
  throw new TributaryError({ code: 'engine_unavailable', message: `the engine ${engine} is not available here` });
}
