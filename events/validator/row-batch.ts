import { TributaryError } from '../../common/errors.ts';
import type { Contract } from '../contracts/contract.ts';
import { hasPersonalFields } from '../contracts/personal.ts';
import type { Row } from '../contracts/row.ts';
import { type Column, type ColumnData, TextColumn, type Value } from './columns.ts';
import { type FieldWriter, fieldWriter } from './field-writer.ts';
import type { Problem } from './problem.ts';

const ACCEPTED: readonly Problem[] = [];

interface FieldStep {
  readonly index: number;
  readonly write: FieldWriter;
}

/**
 * Validates rows of a contract and collects the accepted ones by column, up to a capacity. This is the one function
 * through which records of every road pass.
 */
export class RowBatch<C extends Contract = Contract> {
  readonly contract: C;
  readonly capacity: number;
  /** In the order of the contract's fields. */
  readonly #columns: readonly Column[];
  readonly #steps: readonly FieldStep[];
  #length = 0;

  constructor(contract: C, capacity: number) {
    this.contract = contract;
    this.capacity = capacity;
    const names = Object.keys(contract.fields);
    const isPersonalSource = hasPersonalFields(contract);
    const columns: Column[] = [];
    const steps: FieldStep[] = [];
    for (const [index, [name, field]] of Object.entries(contract.fields).entries()) {
      const other = field.boundsWhere && names.indexOf(field.boundsWhere.field);
      const values = new Set<Value>(field.boundsWhere?.values);
      const isException = (row: number) => other !== undefined && values.has(columns[other]?.at(row) ?? null);
      const { column, write } = fieldWriter(name, field, capacity, isException, isPersonalSource);
      columns.push(column);
      steps.push({ index, write });
    }
    this.#columns = columns;
    // A field whose bounds hang on another field is read after it.
    const isBound = ({ index }: FieldStep) => contract.fields[names[index] ?? '']?.boundsWhere !== undefined;
    this.#steps = [...steps.filter((step) => !isBound(step)), ...steps.filter(isBound)];
  }

  get length(): number {
    return this.#length;
  }

  get isFull(): boolean {
    return this.#length === this.capacity;
  }

  /**
   * Validates one record and keeps it when nothing is wrong with it.
   *
   * @param values as received (text, JSON values, exact instants), in the order of the contract's fields
   * @returns what is wrong; empty when the record was accepted
   */
  push(values: readonly unknown[]): readonly Problem[] {
    const row = this.#length;
    let problems: Problem[] | undefined;
    for (const { index, write } of this.#steps) {
      const problem = write(values[index], row);
      if (problem !== undefined) {
        problems ??= [];
        problems.push(problem);
      }
    }
    if (problems) return this.#inOrder(problems);
    this.#length++;
    return ACCEPTED;
  }

  /** The accepted values of a field. */
  data(name: string): ColumnData {
    return this.#column(name).data(this.#length);
  }

  /** The accepted values of a field as text, decimals, dates and timestamps as exact ones. */
  texts(name: string): (string | null)[] {
    const column = this.#column(name);
    if (column instanceof TextColumn) return column.texts(this.#length);
    const texts = new Array<string | null>(this.#length).fill(null);
    for (let row = 0; row < texts.length; row++) {
      const value = column.at(row);
      if (value !== null) texts[row] = String(value);
    }
    return texts;
  }

  /** The accepted rows, for callers that want rows rather than columns. */
  rows(): Row<C>[] {
    const names = Object.keys(this.contract.fields);
    return Array.from({ length: this.#length }, (_, row) => {
      const cells = names.map((name) => [name, this.#column(name).at(row)]);
      return Object.fromEntries(cells) as Row<C>;
    });
  }

  clear(): void {
    this.#length = 0;
  }

  /** By field, as the contract lists them: the first reason is the one that counts are made by. */
  #inOrder(problems: Problem[]): Problem[] {
    const names = Object.keys(this.contract.fields);
    return problems.sort((a, b) => names.indexOf(a.field ?? '') - names.indexOf(b.field ?? ''));
  }

  #column(name: string): Column {
    const column = this.#columns[Object.keys(this.contract.fields).indexOf(name)];
    if (column) return column;
    throw new TributaryError({
      code: 'unknown_field',
      message: `no field is named ${name}`,
      where: this.contract.source,
    });
  }
}
