import { deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, it } from 'vitest';
import { encodeAvro } from '../../../engine/iceberg/avro.ts';
import { Matcher } from '../../fixtures/clear-text/matcher.ts';
import { PersonalValues } from '../../fixtures/clear-text/personal-values.ts';
import { scan } from '../../fixtures/clear-text/scan.ts';

const values = new PersonalValues();
values.add('crm_customers', {
  customer_id: 'C1',
  email: 'Jane.Doe@Example.com',
  first_name: 'Désirée',
  last_name: 'Featherstonehaugh',
  phone: '020 7946 0958',
  address_line: '12 High Street',
  city: 'Leeds',
  postcode: 'LS1 4AP',
  birth_date: '1980-02-29',
  country: 'GB',
  secondary_email: 'second@example.org',
});
const wanted = values.wanted();

async function found(content: string | Uint8Array): Promise<string[]> {
  const places = (async function* () {
    yield { where: 'here', content };
  })();
  return (await scan(places, wanted)).findings.map(({ value }) => value);
}

const base64 = (text: string | Uint8Array): string => Buffer.from(text).toString('base64');

describe('the scan for clear text', () => {
  it.each([
    ['as written', 'to Jane.Doe@Example.com!', 'jane.doe@example.com'],
    ['normalised', '"jane.doe@example.com"', 'jane.doe@example.com'],
    ['a name', 'Mr FEATHERSTONEHAUGH', 'featherstonehaugh'],
    ['a name with an accent, escaped', '"D\\u00e9sir\\u00e9e"', 'désirée'],
    ['a number in E.164', '+442079460958', '+442079460958'],
    ['a number as digits', 'tel:02079460958', '02079460958'],
    ['an address', 'x,12 high street,y', '12 high street'],
    ['a postcode', 'LS14AP', 'ls14ap'],
    ['a birth date', '1980-02-29T00:00:00Z', '1980-02-29'],
    ['an unknown field', 'second@example.org', 'second@example.org'],
    ['a URL', 'k=jane.doe%40example.com', 'jane.doe@example.com'],
    ['base64', `{"raw":"${base64('x,jane.doe@example.com')}"}`, 'jane.doe@example.com'],
    ['base64url', Buffer.from('??>jane.doe@example.com').toString('base64url'), 'jane.doe@example.com'],
    ['hexadecimal', Buffer.from('jane.doe@example.com').toString('hex'), 'jane.doe@example.com'],
    ['gzip', gzipSync('jane.doe@example.com'), 'jane.doe@example.com'],
    ['zlib', deflateSync('jane.doe@example.com'), 'jane.doe@example.com'],
    ['zstd', zstdCompressSync('jane.doe@example.com'), 'jane.doe@example.com'],
    [
      'gzip in base64 in JSON in gzip',
      gzipSync(JSON.stringify({ a: base64(gzipSync('12 high street')) })),
      '12 high street',
    ],
    [
      'Parquet',
      new Uint8Array(parquetWriteBuffer({ columnData: [{ name: 'a', data: ['x', base64('LS1 4AP is hers')] }] })),
      'ls1 4ap',
    ],
    [
      'Avro',
      encodeAvro({
        schema: { type: 'record', name: 'r', fields: [{ name: 'b', type: 'bytes' }] },
        metadata: {},
        records: [{ b: Buffer.from('jane.doe@example.com') }],
      }),
      'jane.doe@example.com',
    ],
  ])('finds a value %s', async (_, content, value) => {
    expect(await found(content)).toContain(value);
  });

  it.each([
    'mary-jane.doe@example.comedy',
    'v1.QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo',
    '9902079460958123',
    'leeds',
    'v1.ABCDEFGHIJKLMNOPQRSTUVWXYZ-featherstonehaugh-ABCDEFGH',
    'AB12-d\u00e9sir\u00e9ex',
    '2026-02-29',
    '',
  ])('finds none in %j', async (content) => {
    expect(await found(content)).toEqual([]);
  });

  it('looks for no name that is a word of the data as well', () => {
    const names = new PersonalValues();
    names.add('erp_products', { product_id: '1', name: 'Rose water' });
    names.want('name', 'Rose Featherstonehaugh');
    expect(names.wanted()).toEqual([{ kind: 'name', text: 'featherstonehaugh' }]);
  });
});

describe('the matcher', () => {
  it('finds what looking for each value in turn would find', () => {
    const word = fc.stringMatching(/^[abé]{1,4}$/);
    fc.assert(
      fc.property(
        fc.uniqueArray(word, { minLength: 1, maxLength: 8 }),
        fc.stringMatching(/^[abé .]{0,40}$/),
        (words, text) => {
          const matcher = new Matcher(words.map((one) => ({ text: one, kind: 'name' })));
          const matches = matcher.matches(Buffer.from(text)).map(({ wanted: { text: one } }) => one);
          const expected = text.split(/[ .]+/).filter((one) => words.includes(one));
          expect(matches).toEqual(expected);
        },
      ),
    );
  });
});
