import { describe, expect, it } from 'vitest';
import { withUpstream } from '../../../engine/selection.ts';
import { MODEL_SETS } from '../../../infra/environments.ts';

const model = (name: string, ...inputs: readonly string[]) => ({ name, inputs });
const models = [
  model('silver.sales', 'bronze.sales'),
  model('silver.unused', 'bronze.sales'),
  model('silver.stores', 'bronze.stores'),
  model('gold.fact', 'silver.sales'),
  model('marts.top', 'gold.fact', 'silver.stores'),
];

describe('models with all that they are made of', () => {
  it.each([
    [['gold.fact'], ['gold.fact', 'silver.sales']],
    [['marts.*'], ['gold.fact', 'marts.top', 'silver.sales', 'silver.stores']],
    [
      ['silver.unused', 'gold.*'],
      ['gold.fact', 'silver.sales', 'silver.unused'],
    ],
    [MODEL_SETS.reporting, ['gold.fact', 'marts.top', 'silver.sales', 'silver.stores']],
  ])('of %j are %j', (patterns, expected) => {
    expect(withUpstream(models, patterns)).toEqual(expected);
  });

  it.each([[['gold.fct']], [['golden.*']], [['gold.fact', 'bronze.sales']]])('%j are refused', (patterns) => {
    expect(() => withUpstream(models, patterns)).toThrow(expect.objectContaining({ code: 'unknown_model' }));
  });
});
