import { describe, expect, it } from 'vitest';
import { chooseEngine } from '../../../engine/build/choose-engine.ts';
import type { EngineName } from '../../../engine/model.ts';

const thresholds = { duckdb: 1_000, athena: 1_000_000 };
const all: ReadonlySet<EngineName> = new Set(['duckdb', 'athena', 'spark']);
const only: ReadonlySet<EngineName> = new Set(['duckdb']);
const question = { override: undefined, thresholds, available: all };

describe('the choice of an engine', () => {
  it.each([
    [0, 'duckdb'],
    [1_000, 'duckdb'],
    [1_001, 'athena'],
    [1_000_000, 'athena'],
    [1_000_001, 'spark'],
  ])('for %i bytes is %s', (inputBytes, engine) => {
    expect(chooseEngine({ ...question, inputBytes })).toEqual({ engine });
  });

  it('follows the setting, whatever the size', () => {
    expect(chooseEngine({ ...question, inputBytes: 5, override: 'spark' }).engine).toBe('spark');
  });

  it('says so when the engine for the size is not available', () => {
    expect(chooseEngine({ ...question, inputBytes: 5_000, available: only })).toEqual({
      engine: 'duckdb',
      reason: '5000 bytes of input suit athena, which is not available here',
    });
  });

  it('is the next smaller one that is available', () => {
    const available: ReadonlySet<EngineName> = new Set(['duckdb', 'athena']);
    expect(chooseEngine({ ...question, inputBytes: 2_000_000, available })).toEqual({
      engine: 'athena',
      reason: '2000000 bytes of input suit spark, which is not available here',
    });
  });

  it('refuses a setting that cannot be followed', () => {
    expect(() => chooseEngine({ ...question, inputBytes: 5, available: only, override: 'athena' })).toThrow(
      expect.objectContaining({ code: 'engine_unavailable', advice: expect.stringContaining('duckdb') }),
    );
  });
});
