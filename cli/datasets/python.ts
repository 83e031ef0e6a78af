import { TributaryError } from '../../common/errors.ts';
import { type RunCommand, runCommand } from '../../localstack/command.ts';

/** The first of `candidates` that is a Python with pip. Throws `no_python`. */
export async function findPythonWithPip(candidates: readonly string[], run: RunCommand = runCommand): Promise<string> {
  for (const python of candidates) {
    if ((await run(python, ['-m', 'pip', '--version']))?.code === 0) return python;
  }
  throw new TributaryError({
    code: 'no_python',
    message: 'no Python with pip was found',
    advice: 'install Python 3.10 or newer with pip, from your system’s packages or python.org',
  });
}
