import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { GetParameterCommand, ParameterNotFound, PutParameterCommand } from '@aws-sdk/client-ssm';
import { ssm } from '../common/aws.ts';
import { TributaryError } from '../common/errors.ts';
import { cdk } from './cdk.ts';
import { tail } from './command.ts';
import { LOCAL_ACCOUNT, LOCAL_REGION } from './environment.ts';
import { hashOfFiles } from './source-hash.ts';
import { PROJECT_ROOT } from './stack.ts';

export interface DeployOptions {
  /** For clients of the emulator; `process.env` must hold it as well. */
  readonly environment: Readonly<Record<string, string>>;
  readonly stateDir: string;
  /** Deploy even when nothing has changed since the last time. */
  readonly force?: boolean;
  readonly onProgress?: (message: string) => void;
}

/** All that decides what `cdk deploy` deploys. */
const DEPLOYED_SOURCES = ['cdk.json', 'package-lock.json', 'common', 'engine', 'events', 'infra', 'lambdas', 'sql'];
/** In the emulator, so that it is forgotten together with what was deployed. */
const DEPLOYED_PARAMETER = '/tributary/local/deployed-sources';
const BOOTSTRAP_PARAMETER = '/cdk-bootstrap/hnb659fds/version';

/**
 * Deploys the CDK app to the emulator with the ordinary CDK CLI; false when what is deployed is up to date.
 * Throws `deploy_failed` with the end of the log.
 */
export async function deploy(options: DeployOptions): Promise<boolean> {
  const { stateDir, force = false, onProgress = () => {} } = options;
  const sources = await hashOfFiles(PROJECT_ROOT, DEPLOYED_SOURCES);
  if (!force && (await parameter(DEPLOYED_PARAMETER)) === sources) return false;
  await mkdir(join(stateDir, 'logs'), { recursive: true });
  if ((await parameter(BOOTSTRAP_PARAMETER)) === undefined) {
    onProgress('bootstrapping the CDK');
    // Outside the project the CLI finds no app, which it would synthesise for nothing.
    await loggedCdk('bootstrap', [`aws://${LOCAL_ACCOUNT}/${LOCAL_REGION}`], stateDir, options);
  }
  onProgress('synthesising the CDK app');
  // The rules are the business of `npm run synth` and the tests, and take a third of a deployment.
  const withoutRules = { ...options.environment, CDK_VALIDATION: 'false' };
  await loggedCdk('deploy', deployArguments(stateDir), PROJECT_ROOT, { ...options, environment: withoutRules });
  await ssm().send(
    new PutParameterCommand({ Name: DEPLOYED_PARAMETER, Value: sources, Type: 'String', Overwrite: true }),
  );
  return true;
}

const deployArguments = (stateDir: string): readonly string[] => [
  ...['--all', '--context', 'env=local', '--require-approval', 'never', '--method', 'direct'],
  ...['--concurrency', '4', '--progress', 'events', '--output', join(stateDir, 'cdk.out')],
];

/** Runs a command of the CDK; its output goes to a log, the stack at work to `onProgress`. */
async function loggedCdk(
  command: 'bootstrap' | 'deploy',
  args: readonly string[],
  cwd: string,
  { environment, stateDir, onProgress = () => {} }: DeployOptions,
): Promise<void> {
  const logFile = join(stateDir, 'logs', `${command}.log`);
  const log = createWriteStream(logFile);
  const onLine = (line: string): void => {
    log.write(`${line}\n`);
    const stack = stackAtWork(line);
    if (stack !== undefined) onProgress(`deploying ${stack}`);
  };
  const { code, output } = await cdk([command, ...args], { cwd, environment, onLine });
  await finished(log.end());
  if (code === 0) return;
  throw new TributaryError({
    code: 'deploy_failed',
    message: `\`cdk ${command}\` ${code < 0 ? 'was ended before it was done' : 'failed'}:\n${tail(output, 25)}`,
    where: logFile,
    advice: `the log named here has the whole of it, ${join(stateDir, 'logs', 'emulator.log')} what the emulator did`,
  });
}

/** The stack that a line of the CDK CLI's output announces. */
export function stackAtWork(line: string): string | undefined {
  return /^([\w-]+): deploying\.\.\./.exec(line)?.[1];
}

async function parameter(name: string): Promise<string | undefined> {
  try {
    const { Parameter } = await ssm().send(new GetParameterCommand({ Name: name }));
    return Parameter?.Value;
  } catch (error) {
    if (error instanceof ParameterNotFound) return undefined;
    throw error;
  }
}
