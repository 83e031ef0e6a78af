import { describe, expect, it } from 'vitest';
import { FUNCTIONS } from '../../../infra/names.ts';
import { codeOf } from './function-code.ts';

describe('the code of each function', () => {
  it.each(FUNCTIONS)('%s carries no compiler of models', async (name) => {
    // Megabytes of WebAssembly, which a function would not even find.
    expect(await codeOf(name)).not.toContain('@polyglot-sql/sdk');
  });
});
