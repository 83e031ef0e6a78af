import { describe, expect, it } from 'vitest';
import { FUNCTIONS } from '../../../infra/names.ts';
import { codeOf } from './function-code.ts';

describe('the code of each function', () => {
  it.each(FUNCTIONS)('%s carries no compiler of models', async (name) => {
    // Models are compiled before they are deployed; an error that only the compiler knows gives it away.
    expect(await codeOf(name)).not.toContain('star_refused');
  });
});
