import { afterAll, beforeAll, describe } from 'vitest';
import { Lake, type OtherEngine } from './published/lake.ts';
import { itReadsWhatWePublish } from './published/read-cases.ts';
import { weReadWhatItWrites } from './published/write-cases.ts';

/** Tables that our committer published must be to Trino and to Spark what they are to us, and the other way round. */
describe.each<[OtherEngine]>([['Trino'], ['Spark']])('%s', (engine) => {
  let lake: Lake;

  beforeAll(async () => {
    lake = await Lake.start(engine);
  });

  afterAll(() => lake?.stop());

  describe('reads what we publish', () => itReadsWhatWePublish(() => lake));
  describe('writes what we read', () => weReadWhatItWrites(engine, () => lake));
});
