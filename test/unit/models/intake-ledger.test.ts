import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { posTransactions } from '../../../events/contracts/pos-transactions.ts';
import { INTAKE_LEDGER, intakeLedger } from '../../../scripts/intake-ledger.ts';

const ROOT = join(import.meta.dirname, '../../..');

describe(INTAKE_LEDGER, () => {
  it('counts every contract; `npm run docs` writes it', async () => {
    expect(await readFile(join(ROOT, INTAKE_LEDGER), 'utf8')).toBe(intakeLedger());
  });

  it.each([
    ['a key that may be missing', { key: ['register_id'] }],
    ['a version that is no time', { versionColumn: 'line_number' }],
  ])('refuses a contract with %s', (_, changes) => {
    expect(() => intakeLedger([{ ...posTransactions, ...changes }])).toThrow(
      expect.objectContaining({ code: 'uncountable_source' }),
    );
  });
});
