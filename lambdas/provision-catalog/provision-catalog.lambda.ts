import { TributaryError } from '../../common/errors.ts';

/** Entry point; its wiring follows in this change set. */
export async function handler(): Promise<never> {
  throw new TributaryError({ code: 'not_deployed', message: 'provision-catalog is not part of this version' });
}
