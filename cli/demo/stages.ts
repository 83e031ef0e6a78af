import { layOut } from '../query/layout.ts';
import { duration } from '../ui.ts';

interface Stage {
  readonly name: string;
  readonly rows: number | undefined;
  readonly milliseconds: number;
}

/** How long each part of the demo took, and how many rows it dealt with. */
export class Stages {
  readonly #stages: Stage[] = [];
  readonly #began = performance.now();

  /** Does one part; `rowsOf` says how many rows were in it. */
  async add<T>(
    name: string,
    work: () => Promise<T>,
    rowsOf: (result: T) => number | undefined = () => undefined,
  ): Promise<T> {
    const began = performance.now();
    const result = await work();
    this.#stages.push({ name, rows: rowsOf(result), milliseconds: performance.now() - began });
    return result;
  }

  report(): string {
    const columns = [{ name: 'stage' }, { name: 'rows', isNumber: true }, { name: 'time', isNumber: true }];
    const rows = this.#stages.map(({ name, rows: count, milliseconds }) => [
      name,
      count?.toLocaleString('en') ?? '',
      duration(milliseconds),
    ]);
    return layOut(columns, [...rows, ['total', '', duration(performance.now() - this.#began)]]);
  }
}
