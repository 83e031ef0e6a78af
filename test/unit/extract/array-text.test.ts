import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arrayJson } from '../../../events/extract/postgres/array-text.ts';
import { quoteIdentifier, selectChanges } from '../../../events/extract/postgres/query.ts';

type Nested = readonly (string | null | Nested)[];

/** An array as PostgreSQL writes it. */
const textOf = (array: Nested): string =>
  `{${array
    .map((element) => {
      if (element === null) return 'NULL';
      if (typeof element !== 'string') return textOf(element);
      const isBare = element !== '' && element.toUpperCase() !== 'NULL' && !/[{}",\\\s]/.test(element);
      return isBare ? element : `"${element.replaceAll(/[\\"]/g, '\\$&')}"`;
    })
    .join(',')}}`;

describe('arrays of PostgreSQL', () => {
  it('become the same arrays in JSON', () => {
    const element = fc.oneof(fc.string(), fc.constantFrom('NULL', '{}', '\\', '"', ',', ' '), fc.constant(null));
    const { tree } = fc.letrec<{ tree: Nested; node: string | null | Nested }>((tie) => ({
      tree: fc.array(tie('node'), { maxLength: 5 }),
      node: fc.oneof({ depthSize: 'small' }, element, tie('tree')),
    }));
    fc.assert(
      fc.property(tree, (array) => {
        expect(JSON.parse(arrayJson(textOf(array), JSON.stringify))).toEqual(array);
      }),
    );
  });

  it('end, whatever is in them', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(typeof arrayJson(`{${text}`, JSON.stringify)).toBe('string');
      }),
    );
  });
});

describe('statements', () => {
  it('quote every name', () => {
    expect(quoteIdentifier('a"; drop table x; --')).toBe('"a""; drop table x; --"');
  });

  it('carry versions and keys as parameters', () => {
    const selection = { schema: 's', table: 't', columns: ['k', 'v'], versionColumn: 'v', keyColumns: ['k'] };
    const position = { version: "2026-10-01'; --", keys: ["'"] };
    expect(selectChanges(selection, '2026-01-01', position)).toEqual({
      text: 'select "k", "v" from "s"."t" where ("v", "k") > ($1, $2) or ("v" >= $1 and ("k" is null)) order by "v", "k"',
      values: ["2026-10-01'; --", "'"],
    });
    expect(selectChanges(selection, null)).toEqual({
      text: 'select "k", "v" from "s"."t" order by "v", "k"',
      values: [],
    });
  });
});
