import { Zip, ZipDeflate } from 'fflate';
import type { JsonRecord } from '../../validator/layout.ts';
import type { OutputFile, WrittenBytes } from './output-file.ts';
import type { RecordFile } from './record-file.ts';

/** Zip has no time zones, and none before 1980: always the same day, so that the same rows are the same bytes. */
const MODIFIED = new Date(2000, 0, 1);
/** 1899-12-30, from which Excel counts days. */
const DAY_ZERO = Date.UTC(1899, 11, 30);
const DAY_MILLIS = 86_400_000;
/** Cell formats of the style sheet below. */
const STYLES = { number: 0, date: 1, timestamp: 2 } as const;

const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';
const CONTENT = 'application/vnd.openxmlformats-officedocument.spreadsheetml';

/** Everything in the package but the sheet. */
const PARTS = (sheet: string): Readonly<Record<string, string>> => ({
  '[Content_Types].xml': `${XML}<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${CONTENT}.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="${CONTENT}.styles+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="${CONTENT}.worksheet+xml"/></Types>`,
  '_rels/.rels': `${XML}<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
  'xl/workbook.xml': `${XML}<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><sheets><sheet name="${escaped(sheet)}" sheetId="1" r:id="rId1"/></sheets></workbook>`,
  'xl/_rels/workbook.xml.rels': `${XML}<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${OFFICE}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="${OFFICE}/styles" Target="styles.xml"/></Relationships>`,
  'xl/styles.xml': `${XML}<styleSheet xmlns="${MAIN}"><numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/></numFmts><fonts count="1"><font/></fonts><fills count="1"><fill/></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="3"><xf/><xf numFmtId="14" applyNumberFormat="1"/><xf numFmtId="164" applyNumberFormat="1"/></cellXfs></styleSheet>`,
});

const SHEET = 'xl/worksheets/sheet1.xml';

/** XML of a text, without the characters that XML cannot have. */
function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll(/[^\t\n\r\u0020-\uFFFD\u{10000}-\u{10FFFF}]/gu, '');
}

const DATE = /^\d{4}-\d\d-\d\d$/;
const TIMESTAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,3})?Z$/;

const serial = (text: string): number => (Date.parse(text) - DAY_ZERO) / DAY_MILLIS;

/** Dates and timestamps as Excel's own, other texts as texts. */
function cell(value: unknown): string {
  if (value === null || value === undefined) return '<c/>';
  if (typeof value === 'number' || typeof value === 'bigint') return `<c><v>${value}</v></c>`;
  if (typeof value === 'boolean') return `<c t="b"><v>${value ? 1 : 0}</v></c>`;
  const text = String(value);
  if (DATE.test(text) && !Number.isNaN(Date.parse(text))) return `<c s="${STYLES.date}"><v>${serial(text)}</v></c>`;
  if (TIMESTAMP.test(text) && !Number.isNaN(Date.parse(text))) {
    return `<c s="${STYLES.timestamp}"><v>${serial(text)}</v></c>`;
  }
  return `<c t="inlineStr"><is><t xml:space="preserve">${escaped(text)}</t></is></c>`;
}

const row = (values: readonly unknown[]): string => `<row>${values.map(cell).join('')}</row>`;

/** A workbook of one sheet, written as it comes. */
export class ExcelFile implements RecordFile {
  readonly #file: OutputFile;
  readonly #zip: Zip;
  readonly #sheet: ZipDeflate;
  #xml: string;

  constructor(file: OutputFile, sheet: string, columns: readonly string[]) {
    this.#file = file;
    this.#zip = new Zip((error, bytes) => {
      if (error) throw error;
      file.binary(bytes);
    });
    for (const [name, text] of Object.entries(PARTS(sheet))) this.#part(name).push(Buffer.from(text), true);
    this.#sheet = this.#part(SHEET);
    this.#xml = `${XML}<worksheet xmlns="${MAIN}"><sheetData>${row(columns)}`;
  }

  add(_: JsonRecord, values: readonly unknown[]): void {
    this.#xml += row(values);
    if (this.#xml.length > 64 * 1024) this.#flush();
  }

  drain(): Promise<void> {
    return this.#file.drain();
  }

  finish(): Promise<WrittenBytes> {
    this.#xml += '</sheetData></worksheet>';
    this.#flush(true);
    this.#zip.end();
    return this.#file.finish();
  }

  #part(name: string): ZipDeflate {
    const part = new ZipDeflate(name, { level: 6 });
    part.mtime = MODIFIED;
    this.#zip.add(part);
    return part;
  }

  #flush(isLast = false): void {
    this.#sheet.push(Buffer.from(this.#xml), isLast);
    this.#xml = '';
  }
}
