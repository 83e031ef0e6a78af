import type { Problem } from '../../validator/problem.ts';
import { headerNames } from '../header.ts';
import { FileRefusal } from '../refusal.ts';
import type { RecordSink } from '../sink.ts';
import { cellText, unescaped } from './cell-text.ts';
import { wallClockOfSerial } from './serial-date.ts';
import type { XmlHandler } from './xml.ts';

/** What a cell refers to. */
export interface CellContext {
  readonly sharedStrings: readonly string[];
  readonly isDateStyle: readonly boolean[];
  readonly is1904: boolean;
}

/** Excel has columns up to XFD. */
const MAX_COLUMNS = 16_384;
const REFERENCE = /^([A-Z]{1,3})(\d+)$/;
const LETTER_BEFORE_A = 64;

function columnOf(reference: string): number {
  let column = 0;
  for (let at = 0; at < reference.length; at++) {
    const letter = reference.charCodeAt(at) - LETTER_BEFORE_A;
    if (letter < 1 || letter > 26) break;
    column = column * 26 + letter;
  }
  return column - 1;
}

const isBlank = (value: unknown): boolean => value === undefined || (typeof value === 'string' && value.trim() === '');

/**
 * Takes the cells of a sheet as rows: the first row with anything in it is the header, rows without are passed by.
 * Merged cells are named at the end of a sheet, so that a header is judged by `finish`.
 */
export class SheetReader implements XmlHandler {
  readonly #context: CellContext;
  readonly #sink: RecordSink;
  #names: readonly string[] | undefined;
  #headerRow = 0;
  #refusal: FileRefusal | undefined;
  #row = 0;
  #column = -1;
  #cells: unknown[] = [];
  #size = 0;
  #problem: Problem | undefined;
  #type = '';
  #style = 0;
  #isValue = false;
  #value = '';
  readonly #inline = cellText();

  constructor(context: CellContext, sink: RecordSink) {
    this.#context = context;
    this.#sink = sink;
  }

  open(name: string, attributes: Readonly<Record<string, string>>): void {
    switch (name) {
      case 'row':
        this.#row = Number(attributes.r ?? this.#row + 1);
        this.#column = -1;
        this.#cells = [];
        this.#size = 0;
        this.#problem = undefined;
        break;
      case 'c':
        this.#column = attributes.r === undefined ? this.#column + 1 : columnOf(attributes.r);
        this.#type = attributes.t ?? 'n';
        this.#style = Number(attributes.s ?? 0);
        this.#value = '';
        this.#inline.clear();
        break;
      case 'v':
        this.#isValue = true;
        break;
      case 'mergeCell':
        this.#checkMerged(attributes.ref ?? '');
        break;
      default:
        this.#inline.open(name);
    }
  }

  text(piece: string): void {
    if (this.#isValue) this.#value += piece;
    else this.#inline.add(piece);
  }

  close(name: string): void {
    switch (name) {
      case 'v':
        this.#isValue = false;
        break;
      case 'c':
        this.#endCell();
        break;
      case 'row':
        this.#endRow();
        break;
      default:
        this.#inline.close(name);
    }
  }

  /** Throws a `FileRefusal` when the sheet had no header, or none that can be what the source sends. */
  finish(): void {
    if (this.#refusal) throw this.#refusal;
    if (this.#names === undefined) throw new FileRefusal('empty_file', 'the sheet holds no header and no rows');
  }

  #endCell(): void {
    if (this.#column < 0 || this.#column >= MAX_COLUMNS) {
      throw new FileRefusal('unreadable_excel', `row ${this.#row} has a cell outside of the sheet`);
    }
    const value = this.#cellValue();
    if (value === undefined) return;
    this.#cells[this.#column] = value;
    this.#size += typeof value === 'string' ? value.length : this.#value.length;
  }

  #cellValue(): unknown {
    switch (this.#type) {
      case 's': {
        const text = this.#context.sharedStrings[Number(this.#value)];
        if (text === undefined) throw new FileRefusal('unreadable_excel', 'a cell refers to a text that is not there');
        return text;
      }
      case 'inlineStr':
        return this.#inline.value();
      case 'b':
        return this.#value === '1' || this.#value === 'true';
      case 'e':
        this.#problem ??= {
          code: 'error_cell',
          message: `the cell in column ${this.#column + 1} of row ${this.#row} holds an error`,
        };
        return this.#value;
      case 'n':
        return this.#number();
      default:
        return unescaped(this.#value);
    }
  }

  #number(): unknown {
    if (this.#value === '') return undefined;
    const number = Number(this.#value);
    if (Number.isNaN(number)) return this.#value;
    const { isDateStyle, is1904 } = this.#context;
    return isDateStyle[this.#style] ? (wallClockOfSerial(number, is1904) ?? number) : number;
  }

  #endRow(): void {
    while (this.#cells.length > 0 && isBlank(this.#cells.at(-1))) this.#cells.length--;
    if (this.#cells.length === 0 || this.#refusal) return;
    if (this.#names === undefined) this.#takeHeader();
    else this.#takeRow(this.#names, this.#cells);
  }

  #takeHeader(): void {
    this.#headerRow = this.#row;
    try {
      this.#names = headerNames(Array.from(this.#cells, (cell) => String(cell ?? '')));
      this.#sink.columns(this.#names);
    } catch (thrown) {
      if (!(thrown instanceof FileRefusal)) throw thrown;
      this.#refusal = thrown;
    }
  }

  #takeRow(names: readonly string[], cells: readonly unknown[]): void {
    const raw = () =>
      JSON.stringify(Object.fromEntries(cells.map((cell, at) => [names[at] ?? `column_${at + 1}`, cell])));
    if (this.#problem) {
      this.#sink.refuse(this.#problem, raw);
    } else if (cells.length > names.length) {
      const message = `the row has a value in column ${cells.length}, the header has ${names.length} columns`;
      this.#sink.refuse({ code: 'wrong_field_count', message }, raw);
    } else {
      this.#sink.row(cells, this.#size);
    }
  }

  /** Cells that are merged in the header leave columns without a name, or give them one that is none. */
  #checkMerged(range: string): void {
    const [first = '', last = first] = range.split(':');
    const [, , firstRow] = REFERENCE.exec(first) ?? [];
    const [, , lastRow] = REFERENCE.exec(last) ?? [];
    if (this.#headerRow < Number(firstRow) || this.#headerRow > Number(lastRow)) return;
    const message = `the cells ${range} of the header (row ${this.#headerRow}) are merged: give each column one cell with its name`;
    this.#refusal = new FileRefusal('wrong_header', message);
  }
}
