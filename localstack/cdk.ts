import { join } from 'node:path';
import { TributaryError } from '../common/errors.ts';
import { type CommandResult, runCommand } from './command.ts';
import { childEnvironment } from './environment.ts';
import { PROJECT_ROOT } from './stack.ts';

export interface CdkOptions {
  /** The app's folder is the default; outside of it the CLI finds no app. */
  readonly cwd?: string;
  /** For the AWS clients of the CLI and of the app; nothing of the user's own settings is left. */
  readonly environment: Readonly<Record<string, string>>;
  readonly onLine?: (line: string) => void;
}

const CLI = join(PROJECT_ROOT, 'node_modules', 'aws-cdk', 'bin', 'cdk');
/** Many times what a deployment takes; a function that does not start keeps CloudFormation waiting for an hour. */
const TIMEOUT_MS = 600_000;
const SETTINGS = { CDK_DISABLE_CLI_TELEMETRY: 'true', CDK_DISABLE_VERSION_CHECK: '1', NO_COLOR: '1' };

/** Runs the project's CDK CLI, on this process's Node, apart from any real account. */
export async function cdk(
  args: readonly string[],
  { cwd = PROJECT_ROOT, environment, onLine }: CdkOptions,
): Promise<CommandResult> {
  const result = await runCommand(process.execPath, [CLI, ...args, '--no-notices'], {
    cwd,
    env: { ...childEnvironment(environment), ...SETTINGS },
    timeoutMs: TIMEOUT_MS,
    onLine,
  });
  if (result !== undefined) return result;
  throw new TributaryError({ code: 'not_started', message: 'cannot start the CDK CLI', where: process.execPath });
}
