import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { localEnvironment, useLocalStack, withoutAwsSettings } from '../../../localstack/environment.ts';

describe('withoutAwsSettings', () => {
  it('drops profiles, keys, endpoints and what is meant for another emulator', () => {
    const user = {
      AWS_PROFILE: 'production',
      AWS_SESSION_TOKEN: 'secret',
      CDK_DEFAULT_ACCOUNT: '111111111111',
      LAMBDA_EXECUTOR: 'docker',
      SERVICES: 's3',
      PATH: '/usr/bin',
    };
    const kept = Object.keys(withoutAwsSettings(user)).sort();
    expect(kept).toEqual(['NO_PROXY', 'PATH', 'no_proxy']);
  });

  it('keeps proxies away from the loopback interface', () => {
    const user = { HTTPS_PROXY: 'http://proxy:3128', no_proxy: 'example.com' };
    expect(withoutAwsSettings(user)).toMatchObject({ ...user, no_proxy: 'example.com,127.0.0.1,localhost' });
    expect(withoutAwsSettings(withoutAwsSettings(user))).toEqual(withoutAwsSettings(user));
  });
});

describe('useLocalStack', () => {
  const before = { ...process.env };

  beforeEach(() => {
    process.env.AWS_PROFILE = 'production';
    process.env.AWS_SESSION_TOKEN = 'secret';
  });

  afterEach(() => {
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
    Object.assign(process.env, before);
  });

  it('leaves nothing that could reach a real account', () => {
    const local = localEnvironment('http://127.0.0.1:4566', 'http://127.0.0.1:4567');
    useLocalStack(local);
    const aws = Object.fromEntries(Object.entries(process.env).filter(([name]) => name.startsWith('AWS_')));
    expect(aws).toEqual(local);
  });
});
