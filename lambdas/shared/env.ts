import { TributaryError } from '../../common/errors.ts';

/** The value of an environment variable that the infrastructure must have set. */
export function requireEnv(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') {
    throw new TributaryError({
      code: 'missing_environment',
      message: `the environment variable ${name} is not set`,
      advice: 'deploy the stack again: the function and its infrastructure are out of step',
    });
  }
  return value;
}
