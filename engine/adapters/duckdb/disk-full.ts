import { asError, TributaryError } from '../../../common/errors.ts';

/** The operating system's word for it, and DuckDB's when it may not let more of a query spill. */
const DISK_FULL = /ENOSPC|No space left on device|max_temp_directory_size/i;

export const isDiskFull = (thrown: unknown): boolean => DISK_FULL.test(asError(thrown).message);

/** What to throw for an error: a full disk by its name, with advice, and anything else as it is. */
export function namingFullDisk(thrown: unknown, directory: string): Error {
  if (!isDiskFull(thrown)) return asError(thrown);
  const [firstLine] = asError(thrown).message.split('\n');
  return new TributaryError({
    code: 'disk_full',
    message: `the disk has no room for copies of the inputs, what spills and the new files: ${firstLine}`,
    where: directory,
    advice:
      'Nothing was published. Give builds more disk (`temporaryStorageMiB` of the environment), or let Athena build the model (`npx tributary run --engine athena`).',
    cause: thrown,
  });
}
