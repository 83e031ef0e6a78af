import { join } from 'node:path';
import { STATE_DIR } from '../localstack/stack.ts';

/** Where `scripts/synth.ts` puts the cloud assembly of an environment. */
export const synthFolder = (environment: string): string => join(STATE_DIR, 'synth', environment);
