import { rawCipher as cipherOf, type RawCipher } from '../../events/intake/raw-cipher.ts';
import type { Platform } from '../../infra/platform.ts';
import { keysAt } from '../../lambdas/shared/platform-keys.ts';

/** What opens sealed records of the deployed platform. */
export const rawCipher = (platform: Platform): RawCipher => cipherOf(keysAt(platform));
