import { beforeAll, describe, expect, it } from 'vitest';
import { FUNCTIONS, functionName } from '../../../infra/names.ts';
import { ENV } from '../../../lambdas/shared/constants.ts';
import { codeOf, environmentReads } from './function-code.ts';
import { SYNTHESIS_TIMEOUT_MS, type Synthesised, synthesise } from './synthesised.ts';

let local: Synthesised;
beforeAll(() => {
  local = synthesise('local');
}, SYNTHESIS_TIMEOUT_MS);

/** Read where somebody has set them by hand; without them the code decides. */
const OPTIONAL: readonly string[] = ['processingEngine'];

describe.each(FUNCTIONS)('%s', (name) => {
  it('is given the environment variables that its code reads, and no others', async () => {
    const fn = local
      .ofType('AWS::Lambda::Function')
      .find(({ Properties }) => Properties.FunctionName === functionName(name));
    const given = Object.keys(Object(fn?.Properties.Environment).Variables);
    const reads = [...environmentReads(await codeOf(name))].filter((key) => !OPTIONAL.includes(key));
    const names = Object.entries(ENV).flatMap(([key, variable]) => (reads.includes(key) ? [variable] : []));
    expect(given.filter((variable) => variable !== 'NODE_OPTIONS').sort()).toEqual(names.sort());
  });
});
