import { TributaryError } from '../common/errors.ts';
import type { EnvironmentName } from '../infra/environments.ts';
import { useLocalStack } from '../localstack/environment.ts';
import { STATE_DIR, type StackStatus, stackStatus } from '../localstack/stack.ts';

/**
 * Sets the environment variables that AWS clients read, for the named environment: `local` is the stack that
 * `tributary up` started, the others are whatever account the user's profile and keys belong to.
 * Throws `not_running` and `local_endpoint`.
 */
export async function useEnvironment(name: EnvironmentName, stateDir = STATE_DIR): Promise<void> {
  if (name === 'local') {
    useLocal(await stackStatus(stateDir));
    return;
  }
  const { AWS_ENDPOINT_URL: endpoint } = process.env;
  if (endpoint !== undefined && isLoopback(endpoint)) {
    throw new TributaryError({
      code: 'local_endpoint',
      message: `AWS_ENDPOINT_URL is ${endpoint}, which is not where ${name} is`,
      advice: 'unset AWS_ENDPOINT_URL AWS_ENDPOINT_URL_ATHENA AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY',
    });
  }
}

function useLocal({ state, stack }: StackStatus): void {
  if (state === 'running' && stack !== undefined) {
    useLocalStack(stack.environment);
    return;
  }
  throw new TributaryError({
    code: 'not_running',
    message: state === 'stopped' ? 'the local stack is not running' : 'a part of the local stack has ended',
    advice: 'start it with data: `npm run demo`, or without: `npx tributary up`',
  });
}

const isLoopback = (url: string): boolean => ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(url).hostname);
