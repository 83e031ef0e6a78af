import { GetParameterCommand, ParameterNotFound, type SSMClient } from '@aws-sdk/client-ssm';
import { ssm } from '../common/aws.ts';
import { TributaryError } from '../common/errors.ts';
import { PLATFORM_PARAMETER, type Platform } from '../infra/platform.ts';

/** Names of the deployed platform. Throws `not_deployed` when the account and region hold none. */
export async function loadPlatform(client: Pick<SSMClient, 'send'> = ssm()): Promise<Platform> {
  const value = await parameterValue(client);
  if (value === undefined) {
    throw new TributaryError({
      code: 'not_deployed',
      message: `no Tributary is deployed here: the SSM parameter ${PLATFORM_PARAMETER} does not exist`,
      advice: '`npx tributary up` starts and deploys it on this machine, `npx cdk deploy --all -c env=dev` in AWS',
    });
  }
  return JSON.parse(value) as Platform;
}

async function parameterValue(client: Pick<SSMClient, 'send'>): Promise<string | undefined> {
  try {
    const { Parameter } = await client.send(new GetParameterCommand({ Name: PLATFORM_PARAMETER }));
    return Parameter?.Value;
  } catch (thrown) {
    if (thrown instanceof ParameterNotFound) return undefined;
    throw new TributaryError({
      code: 'platform_unreachable',
      message: `cannot read the SSM parameter ${PLATFORM_PARAMETER}: ${describe(thrown)}`,
      advice: 'is the stack running (`npx tributary status`), and do the credentials belong to the right account?',
      cause: thrown,
    });
  }
}

/** Connection errors come as an AggregateError without a message. */
function describe(thrown: unknown): string {
  if (thrown instanceof AggregateError) return thrown.errors.map(describe).join('; ');
  return thrown instanceof Error ? thrown.message || thrown.name : String(thrown);
}
