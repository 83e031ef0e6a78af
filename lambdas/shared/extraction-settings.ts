import {
  GetSecretValueCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { GetParameterCommand, ParameterNotFound, type SSMClient } from '@aws-sdk/client-ssm';
import { asError, TributaryError } from '../../common/errors.ts';
import { type Extraction, extractionParameter, parseExtraction, secretName } from '../../events/extract/extraction.ts';
import { parseJson } from '../../events/readers/json.ts';

/** The settings of a deployed extraction. Throws `unknown_extraction` and `bad_extraction`. */
export async function deployedExtraction(client: Pick<SSMClient, 'send'>, name: string): Promise<Extraction> {
  try {
    const { Parameter } = await client.send(new GetParameterCommand({ Name: extractionParameter(name) }));
    return parseExtraction(parseJson(Parameter?.Value ?? ''));
  } catch (thrown) {
    if (!(thrown instanceof ParameterNotFound)) throw asError(thrown);
    throw new TributaryError({
      code: 'unknown_extraction',
      message: `no extraction is named ${JSON.stringify(name)}`,
      advice: 'add it to infra/environments.ts and deploy',
    });
  }
}

/** The text of an extraction's secret, read anew each time so that a rotated one is used at once. */
export async function extractionSecret(
  client: Pick<SecretsManagerClient, 'send'>,
  extraction: Pick<Extraction, 'kind' | 'secret' | 'name'>,
): Promise<string> {
  const SecretId = secretName(extraction);
  try {
    const { SecretString = '' } = await client.send(new GetSecretValueCommand({ SecretId }));
    return SecretString;
  } catch (thrown) {
    if (!(thrown instanceof ResourceNotFoundException)) throw asError(thrown);
    throw new TributaryError({
      code: 'secret_not_found',
      message: `there is no secret ${SecretId}`,
      where: extraction.name,
      advice: `create it: aws secretsmanager create-secret --name ${SecretId} --secret-string '<JSON>'`,
    });
  }
}
