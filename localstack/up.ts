import { deploy } from './deploy.ts';
import { useLocalStack } from './environment.ts';
import { type RunningStack, type StackOptions, startStack } from './stack.ts';

export interface UpOptions extends StackOptions {
  /** Deploy even when nothing has changed since the last time. */
  readonly force?: boolean;
}

/** Starts the local stack, points this process at it and deploys; `deployed` is false when that was up to date. */
export async function bringUp(options: UpOptions): Promise<{ stack: RunningStack; deployed: boolean }> {
  const stack = await startStack(options);
  useLocalStack(stack.environment);
  return { stack, deployed: await deploy({ ...options, environment: stack.environment }) };
}
