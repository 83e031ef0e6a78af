import { access, constants } from 'node:fs/promises';
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

/** Throws `unreadable_file` unless it can be read. */
export const requireReadable = (path: string): Promise<void> => access(path, constants.R_OK).catch(unreadable(path));
