import { TributaryError } from '../../common/errors.ts';

/** Where in a model file something is, both 1-based. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column?: number;
}

/** `sql/gold/star/fact_sale.sql:41:7`, which editors and terminals turn into links. */
export const placeText = ({ file, line, column }: Place): string =>
  column === undefined ? `${file}:${line}` : `${file}:${line}:${column}`;

export function compileError(code: string, place: Place, message: string, advice?: string): TributaryError {
  return new TributaryError({ code, message, where: placeText(place), ...(advice === undefined ? {} : { advice }) });
}

/** Gathers the errors of many models, so that an author sees all of them at once. */
export class Diagnostics {
  private readonly errors: TributaryError[] = [];

  /** Runs a step; its TributaryError is kept and undefined returned. Anything else is a defect and goes on. */
  attempt<T>(step: () => T): T | undefined {
    try {
      return step();
    } catch (thrown) {
      if (!(thrown instanceof TributaryError)) throw thrown;
      this.errors.push(thrown);
      return undefined;
    }
  }

  /** Throws the one error there is, or one that lists them all. */
  throwIfAny(): void {
    const [first, ...others] = this.errors;
    if (first === undefined) return;
    if (others.length === 0) throw first;
    throw new TributaryError({
      code: 'compile_failed',
      message: `${this.errors.length} errors in the models\n${this.errors.join('\n')}`,
    });
  }
}
