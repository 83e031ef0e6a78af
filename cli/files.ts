import { asError, TributaryError } from '../common/errors.ts';

/** For `.catch` on what is done with a file that a user named: throws `unreadable_file` with the system's reason. */
export const unreadable =
  (path: string) =>
  (thrown: unknown): never => {
    throw new TributaryError({
      code: 'unreadable_file',
      message: asError(thrown).message,
      where: path,
      cause: thrown,
    });
  };
