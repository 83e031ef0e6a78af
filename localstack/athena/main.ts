import { TributaryError } from '../../common/errors.ts';
import { startAthena } from './server.ts';

/** The endpoint as a process of its own: `ATHENA_PORT`, `ATHENA_CACHE_DIR` and `AWS_ENDPOINT_URL` say what it needs. */
function required(name: string): string {
  const value = process.env[name];
  if (value !== undefined && value !== '') return value;
  throw new TributaryError({
    code: 'missing_setting',
    message: `the environment variable ${name} is not set`,
    advice: 'Start the local stack with `npx tributary up`, which sets it.',
  });
}

const athena = await startAthena({
  port: Number(required('ATHENA_PORT')),
  endpoint: required('AWS_ENDPOINT_URL'),
  cacheDir: required('ATHENA_CACHE_DIR'),
});

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    athena.close().then(() => process.exit(0));
  });
}
