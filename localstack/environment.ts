import { delimiter, dirname } from 'node:path';
import { LOOPBACK } from './ports.ts';

export const LOCAL_ACCOUNT = '000000000000';
export const LOCAL_REGION = 'us-east-1';

/** What AWS clients of any language need to reach the local stack. */
export const localEnvironment = (endpoint: string, athenaEndpoint: string): Record<string, string> => ({
  AWS_ENDPOINT_URL: endpoint,
  AWS_ENDPOINT_URL_ATHENA: athenaEndpoint,
  AWS_REGION: LOCAL_REGION,
  AWS_DEFAULT_REGION: LOCAL_REGION,
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
});

const SETTINGS = /^(AWS|CDK|MINISTACK|LOCALSTACK|LAMBDA)_|^(SERVICES|EDGE_PORT|PERSIST_STATE|S3_PERSIST|AUTH)$/;

/**
 * The environment without a user's profiles, keys and endpoints, so that nothing local can reach a real account, and
 * without settings meant for another emulator. Proxies stay, but not for the loopback interface.
 */
export function withoutAwsSettings(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(environment).filter(([name]) => !SETTINGS.test(name));
  const noProxy = new Set((environment.NO_PROXY ?? environment.no_proxy ?? '').split(',').filter(Boolean));
  const list = [...noProxy.add(LOOPBACK).add('localhost')].join(',');
  return { ...Object.fromEntries(kept), NO_PROXY: list, no_proxy: list };
}

/** Points the AWS clients of this process at the local stack, and at nothing else. */
export function useLocalStack(local: Readonly<Record<string, string>>): void {
  const clean = withoutAwsSettings(process.env);
  for (const name of Object.keys(process.env)) if (!(name in clean)) delete process.env[name];
  Object.assign(process.env, clean, local);
}

/** For programs that are started beside this one: they and what they start run on this very Node. */
export function childEnvironment(local: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const path = [dirname(process.execPath), process.env.PATH].join(delimiter);
  return { ...withoutAwsSettings(process.env), ...local, PATH: path };
}
