import { TributaryError } from '../../common/errors.ts';
import type { EngineAdapter } from '../adapters/adapter.ts';
import { ENGINE_NAMES, type EngineName } from '../model.ts';
import type { BuildDeps, EngineThresholds } from './ports.ts';

export interface EngineChoice {
  readonly engine: EngineName;
  /** Why, where it is not simply what the size asks for. */
  readonly reason?: string;
}

export interface EngineQuestion {
  readonly inputBytes: number;
  /** The one that the run or `PROCESSING_ENGINE` asks for. */
  readonly override: EngineName | undefined;
  readonly thresholds: EngineThresholds;
  readonly available: ReadonlySet<EngineName>;
}

/**
 * The engine for a build: the override, else by the size of the inputs, else the next smaller one that is available.
 * Throws `engine_unavailable` for an override that cannot be followed.
 */
export function chooseEngine({ inputBytes, override, thresholds, available }: EngineQuestion): EngineChoice {
  if (override !== undefined) {
    if (available.has(override)) return { engine: override, reason: `${override} was asked for` };
    throw new TributaryError({
      code: 'engine_unavailable',
      message: `${override} was asked for, which is not available here`,
      advice: `Ask for one of ${[...available].join(', ')}, or for none; PROCESSING_ENGINE asks for one, too.`,
    });
  }
  const suited = bySize(inputBytes, thresholds);
  if (available.has(suited)) return { engine: suited };
  const engine =
    ENGINE_NAMES.slice(0, ENGINE_NAMES.indexOf(suited)).findLast((smaller) => available.has(smaller)) ?? 'duckdb';
  return { engine, reason: `${inputBytes} bytes of input suit ${suited}, which is not available here` };
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
  const available = new Set(Object.values(adapters).map(({ engine }) => engine));
  const { engine, reason } = chooseEngine({
    inputBytes,
    override: settings.engine,
    thresholds: settings.thresholds,
    available,
  });
  return { adapter: adapters[engine] ?? adapters.duckdb, note: reason };
}
