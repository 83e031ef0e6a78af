import fc from 'fast-check';
import { expect, it } from 'vitest';
import { stagedMetadata } from '../../../../engine/adapters/athena/staged-metadata.ts';
import { currentSchema } from '../../../../engine/iceberg/metadata.ts';
import { fieldColumns } from '../../../../engine/iceberg/schema.ts';

const place = { database: 'staging', table: 't', location: 's3://lake/t' };

it('gives columns, partitions and sort order the field ids of the target', () => {
  const columns = [
    { id: 9, name: 'day', type: 'date' },
    { id: 4, name: 'tags', type: 'array(varchar)', elementId: 12 },
    { id: 2, name: 'id', type: 'bigint' },
  ];
  const definition = { ...place, partitionBy: [{ column: 'day', transform: 'month' }], sortBy: ['id'] } as const;
  const metadata = stagedMetadata(definition, columns);
  expect(fieldColumns(currentSchema(metadata))).toEqual(columns);
  expect(metadata['partition-specs'].flatMap(({ fields }) => fields.map((field) => field['source-id']))).toEqual([9]);
  expect(metadata['sort-orders'].flatMap(({ fields }) => fields.map((field) => field['source-id']))).toEqual([2]);
  expect(metadata['last-column-id']).toBe(12);
});

it('keeps any ids, in any order', () => {
  const ids = fc.uniqueArray(fc.integer({ min: 1, max: 10_000 }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(ids, (given) => {
      const columns = given.map((id, index) => ({ id, name: `c${index}`, type: 'varchar' }));
      const metadata = stagedMetadata({ ...place, partitionBy: [], sortBy: [] }, columns);
      expect(fieldColumns(currentSchema(metadata))).toEqual(columns);
      expect(metadata['last-column-id']).toBe(Math.max(...given));
    }),
  );
});
