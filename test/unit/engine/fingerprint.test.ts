import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fingerprintOf, sourceVersion } from '../../../engine/fingerprint.ts';

const dated = { logicHash: 'logic', usesLogicalDate: true };
const undated = { logicHash: 'logic', usesLogicalDate: false };

const inputs = fc.uniqueArray(fc.record({ table: fc.string(), version: fc.string() }), {
  selector: ({ table }) => table,
  minLength: 1,
});

describe('a table’s fingerprint', () => {
  it('does not depend on the order of its inputs', () => {
    fc.assert(
      fc.property(
        inputs.chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length }))),
        ([list, shuffled]) => {
          expect(fingerprintOf(undated, shuffled, '2026-11-21')).toBe(fingerprintOf(undated, list, '2026-11-21'));
        },
      ),
    );
  });

  it('changes with the version of any input, with the inputs and with the logic', () => {
    fc.assert(
      fc.property(inputs, fc.nat(), (list, index) => {
        const before = fingerprintOf(undated, list, '2026-11-21');
        const changed = list.map((input, i) =>
          i === index % list.length ? { ...input, version: `${input.version}+` } : input,
        );
        expect(fingerprintOf(undated, changed, '2026-11-21')).not.toBe(before);
        expect(fingerprintOf(undated, list.slice(1), '2026-11-21')).not.toBe(before);
        expect(fingerprintOf({ ...undated, logicHash: 'other' }, list, '2026-11-21')).not.toBe(before);
      }),
    );
  });

  it('changes with the logical date only where the logic uses it', () => {
    expect(fingerprintOf(undated, [], '2026-11-21')).toBe(fingerprintOf(undated, [], '2026-11-22'));
    expect(fingerprintOf(dated, [], '2026-11-21')).not.toBe(fingerprintOf(dated, [], '2026-11-22'));
  });
});

describe('a source’s version', () => {
  const files = [
    { uri: 's3://bronze/a', etag: '"1"' },
    { uri: 's3://bronze/b', etag: '"2"' },
  ];

  it('does not depend on the order of the listing', () => {
    expect(sourceVersion([...files].reverse())).toBe(sourceVersion(files));
  });

  it.each([
    ['an object comes', [...files, { uri: 's3://bronze/c', etag: '"3"' }]],
    ['an object goes', files.slice(1)],
    ['an object is overwritten', [{ uri: 's3://bronze/a', etag: '"9"' }, ...files.slice(1)]],
  ])('changes when %s', (_what, changed) => {
    expect(sourceVersion(changed)).not.toBe(sourceVersion(files));
  });
});
