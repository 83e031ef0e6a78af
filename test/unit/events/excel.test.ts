import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { strToU8, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { isDateFormat } from '../../../events/readers/xlsx/styles.ts';
import { WallClock } from '../../../events/validator/instant.ts';
import { readSourceFile, refusalOf } from '../../fixtures/read-source-file.ts';
import {
  type Cell,
  inline,
  number,
  shared,
  sheetXml,
  typed,
  type WorkbookParts,
  workbook,
  workbookOf,
} from '../../fixtures/workbook.ts';

const read = (parts: WorkbookParts, source?: string) =>
  readSourceFile('a.xlsx', workbook(parts), source === undefined ? {} : { source });
const sheetOf = (rows: Parameters<typeof sheetXml>[0], behind?: string) => ({
  sheets: { Sheet1: sheetXml(rows, behind) },
});
/** The value that one cell is read as. */
const cellValue = async (cell: Cell, parts: Partial<WorkbookParts> = {}) => {
  const { records } = await read({
    ...parts,
    ...sheetOf([
      [inline('a'), inline('b')],
      [cell, inline('.')],
    ]),
  });
  return (records[0] as unknown[])[0];
};
const wallClock = (iso: string): WallClock => new WallClock(BigInt(Date.parse(iso)) * 1000n);

describe('cells', () => {
  it('are texts, shared or their own, with all their runs and without their pronunciation', async () => {
    const sharedStrings = [
      '<si><t>plain</t></si>',
      '<si><r><t>bold </t></r><r><rPr/><t xml:space="preserve">and not</t></r><rPh><t>ボールド</t></rPh></si>',
      '<si><t>a_x000D_\nb &amp; c</t></si>',
    ];
    const parts = { sharedStrings };
    expect(await cellValue(shared(0), parts)).toBe('plain');
    expect(await cellValue(shared(1), parts)).toBe('bold and not');
    expect(await cellValue(shared(2), parts)).toBe('a\r\nb & c');
    expect(await cellValue(inline('own'))).toBe('own');
  });

  it('are numbers and booleans', async () => {
    expect(await cellValue(number('536365'))).toBe(536365);
    expect(await cellValue(number('1.2E-2'))).toBe(0.012);
    expect(await cellValue(typed('b', '1'))).toBe(true);
    expect(await cellValue(typed('b', '0'))).toBe(false);
  });

  it('are the results of their formulas', async () => {
    expect(await cellValue({ content: '<f>SUM(A1:A2)</f><v>3</v>' })).toBe(3);
    expect(await cellValue({ attributes: 't="str"', content: '<f>A1&amp;"x"</f><v>ax</v>' })).toBe('ax');
    expect(await cellValue({ content: '<f>NOW()</f>' })).toBeUndefined();
  });

  it('that hold an error refuse their row', async () => {
    const rows = [
      [inline('a'), inline('b')],
      [typed('e', '#N/A'), number(1)],
      [number(2), number(3)],
    ];
    const { records, refused } = await read(sheetOf(rows));
    expect(refused).toEqual([['error_cell', '{"a":"#N/A","b":1}']]);
    expect(records).toEqual([[2, 3]]);
  });
});

describe('dates', () => {
  const styles = [0, 14, 'yyyy\\-mm\\-dd hh:mm:ss', '[h]:mm', '"day" 0', '#,##0.00'];

  it.each([
    ['1', '1900-01-01T00:00:00Z'],
    ['59', '1900-02-28T00:00:00Z'],
    ['61', '1900-03-01T00:00:00Z'],
    ['40513.35138888889', '2010-12-01T08:26:00Z'],
    ['45000.999988425923', '2023-03-15T23:59:59Z'],
    ['2958465.999988426', '9999-12-31T23:59:59Z'],
  ])('%s days from 1900 are %s', async (serial, iso) => {
    expect(await cellValue(number(serial, 2), { styles })).toEqual(wallClock(iso));
  });

  it.each([
    ['0', '1904-01-01T00:00:00Z'],
    ['39051.35138888889', '2010-12-01T08:26:00Z'],
  ])('%s days from 1904 are %s', async (serial, iso) => {
    expect(await cellValue(number(serial, 1), { styles, is1904: true })).toEqual(wallClock(iso));
  });

  it.each([
    [0, '45000'],
    [3, '1.5'],
    [4, '45000'],
    [5, '45000'],
    // 1900 had no 29th of February, and the calendar ends.
    [1, '60.5'],
    [1, '-1'],
    [1, '2958466'],
  ])('are none in style %i with %s', async (style, value) => {
    expect(await cellValue(number(value, style), { styles })).toBe(Number(value));
  });

  it.each([
    ['d-mmm-yy', true],
    ['[$-409]mmmm yyyy;@', true],
    ['[Red]0.00', false],
    ['General', false],
    ['"d"0', false],
    ['hh:mm', false],
  ])('are shown by the format %s: %s', (code, expected) => {
    expect(isDateFormat(164, code)).toBe(expected);
  });
});

describe('rows', () => {
  it('begin behind the first row with anything in it; blank ones are passed by', async () => {
    const rows = [
      undefined,
      [undefined, inline(' ')],
      [inline('a'), inline('b')],
      [],
      [number(1)],
      [inline('')],
      [undefined, number(2)],
    ];
    const { columns, records } = await read(sheetOf(rows));
    expect(columns).toEqual(['a', 'b']);
    expect(records).toEqual([[1], [undefined, 2]]);
  });

  it('are found without references too, as some writers leave them away', async () => {
    const sheet =
      '<worksheet><sheetData><row><c t="inlineStr"><is><t>a</t></is></c></row><row><c><v>1</v></c></row></sheetData></worksheet>';
    const { columns, records } = await read({ sheets: { s: sheet } });
    expect([columns, records]).toEqual([['a'], [[1]]]);
  });

  it('are found under a prefix of the namespace', async () => {
    const sheet = sheetXml([[inline('a')], [number(1)]])
      .replaceAll(/<(\/?)(\w)/g, '<$1x:$2')
      .replace('<x:worksheet', '<x:worksheet xmlns:x="main"');
    expect((await read({ sheets: { s: sheet } })).records).toEqual([[1]]);
  });

  it('with a value beyond the header are refused', async () => {
    const { refused } = await read(sheetOf([[inline('a')], [number(1), number(2)]]));
    expect(refused).toEqual([['wrong_field_count', '{"a":1,"column_2":2}']]);
  });
});

describe('sheets', () => {
  const sheets = {
    Notes: sheetXml([[inline('n')], [number(1)]]),
    'POS Transactions': sheetXml([[inline('p')], [number(2)]]),
  };

  it('are read by the name of the source, else the first', async () => {
    expect((await read({ sheets }, 'pos_transactions')).columns).toEqual(['p']);
    expect((await read({ sheets }, 'erp_products')).columns).toEqual(['n']);
  });
});

describe('files that cannot be taken in', () => {
  const whole = workbookOf(Array.from({ length: 500 }, (_, at) => ({ a: at, b: `text ${at}` })));

  it.each([
    ['<mergeCells><mergeCell ref="A1:C1"/></mergeCells>', 'A1:C1'],
    ['<mergeCells><mergeCell ref="A5:C5"/><mergeCell ref="B1:B2"/></mergeCells>', 'B1:B2'],
  ])('have a header with merged cells: %s', async (merged, range) => {
    const rows = [
      [inline('Sales'), undefined, inline('c')],
      [number(1), number(2), number(3)],
    ];
    await expect(read(sheetOf(rows, merged))).rejects.toMatchObject({
      code: 'wrong_header',
      message: `the cells ${range} of the header (row 1) are merged: give each column one cell with its name`,
    });
  });

  it('may well have merged cells below their header', async () => {
    const rows = [
      [inline('a'), inline('b')],
      [number(1), number(2)],
    ];
    const merged = '<mergeCells><mergeCell ref="A2:B2"/></mergeCells>';
    expect((await read(sheetOf(rows, merged))).records).toHaveLength(1);
  });

  it.each([
    ['that hold no workbook', zipSync({ 'a.txt': strToU8('a') })],
    ['that are old .xls', Buffer.from('d0cf11e0a1b11ae1', 'hex')],
    ['that are text', 'a,b\n1,2'],
    ['whose sheet is no XML', workbook({ sheets: { s: '<worksheet><sheetData><row>' } })],
    ['that refer to texts that are not there', workbook(sheetOf([[inline('a')], [shared(3)]]))],
    ['with a cell without end', workbook({ sheets: { s: sheetXml([[inline('x'.repeat(6 * 1024 ** 2))]]) } })],
  ])('are those %s', async (_, content) => {
    expect(await refusalOf('a.xlsx', content)).toBe('unreadable_excel');
  });

  it('are those without a header', async () => {
    expect(await refusalOf('a.xlsx', workbook(sheetOf([[], [undefined]])))).toBe('empty_file');
  });

  it('are truncated ones, wherever they were cut', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 4, max: whole.length - 1 }), async (length) => {
        expect(await refusalOf('a.xlsx', whole.subarray(0, length))).toBe('unreadable_excel');
      }),
    );
  });

  it('are never taken in with other content than they were written with', async () => {
    const good = await readSourceFile('a.xlsx', whole);
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), async (at, change) => {
        const damaged = Uint8Array.from(whole);
        damaged[at] = (damaged[at] ?? 0) ^ change;
        const outcome = await readSourceFile('a.xlsx', damaged).catch((thrown: { code?: string }) => thrown.code);
        if (typeof outcome === 'string') expect(['unreadable_excel', 'empty_file']).toContain(outcome);
        else expect(outcome).toEqual(good);
      }),
    );
  });
});

describe('packed Excel', () => {
  it('is read like any other', async () => {
    const records = [{ a: 1, b: 'x' }];
    expect(await readSourceFile('a.xlsx.gz', gzipSync(workbookOf(records)))).toEqual(
      await readSourceFile('a.xlsx', workbookOf(records)),
    );
  });

  it('is refused when it is truncated', async () => {
    const packed = gzipSync(workbookOf([{ a: 1 }]));
    expect(await refusalOf('a.xlsx.gz', packed.subarray(0, packed.length - 12))).toBe('unreadable_gzip');
  });
});
