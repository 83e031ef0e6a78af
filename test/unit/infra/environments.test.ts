import { afterEach, describe, expect, it, vi } from 'vitest';
import { ENVIRONMENTS, settingsOf } from '../../../infra/environments.ts';
import { Names } from '../../../infra/names.ts';

afterEach(() => vi.unstubAllEnvs());

describe('environments', () => {
  it('refuses a name that is none of them, and lists them', () => {
    expect(() => settingsOf('production')).toThrow(
      expect.objectContaining({
        code: 'unknown_environment',
        message: 'there is no environment "production"',
        advice: expect.stringContaining(ENVIRONMENTS.join(', ')),
      }),
    );
  });

  it('asks for a name where none is given', () => {
    expect(() => settingsOf(undefined)).toThrow('no environment is named');
  });

  it('take account and region from whoever is signed in', () => {
    vi.stubEnv('CDK_DEFAULT_ACCOUNT', '123456789012');
    vi.stubEnv('CDK_DEFAULT_REGION', 'eu-west-2');
    expect(settingsOf('prod')).toMatchObject({ account: '123456789012', region: 'eu-west-2' });
  });

  it('never take local to a real account', () => {
    vi.stubEnv('CDK_DEFAULT_ACCOUNT', '123456789012');
    vi.stubEnv('CDK_DEFAULT_REGION', 'eu-west-2');
    expect(settingsOf('local')).toMatchObject({ account: '000000000000', region: 'us-east-1' });
  });

  it('protect data in production', () => {
    expect(settingsOf('prod').protectData).toBe(true);
  });

  it('run nothing by themselves on a laptop', () => {
    expect(settingsOf('local').schedulesEnabled).toBe(false);
    expect(settingsOf('prod').schedulesEnabled).toBe(true);
  });
});

describe('names', () => {
  const names = new Names({ account: '123456789012', region: 'eu-west-2', environment: 'dev' });

  it('of buckets tell environment, account and region apart', () => {
    expect(names.bucket('landing')).toBe('tributary-dev-landing-123456789012-eu-west-2');
  });

  it('of tables include the catalog and the database, which Glue asks for too', () => {
    expect(names.tables('gold')).toEqual([
      expect.stringContaining(':glue:eu-west-2:123456789012:catalog'),
      expect.stringContaining(':database/gold'),
      expect.stringContaining(':table/gold/*'),
    ]);
  });
});
