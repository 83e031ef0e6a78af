import { TributaryError } from '../../common/errors.ts';
import type { Problem, ProblemCode } from '../validator/problem.ts';

/** A file that cannot be taken in at all; none of its rows are kept. */
export class FileRefusal extends TributaryError {
  readonly problem: Problem;

  constructor(code: ProblemCode, message: string, cause?: unknown) {
    super({ code, message, cause });
    this.name = 'FileRefusal';
    this.problem = { code, message };
  }
}
