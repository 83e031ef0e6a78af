import { asError, TributaryError } from '../../common/errors.ts';
import type { FileIo } from '../../engine/iceberg/index.ts';
import type { Manifest } from '../../engine/manifest.ts';
import { manifestKey } from '../../engine/plan/deployment.ts';
import type { Platform } from '../../infra/platform.ts';

/** The deployed models; undefined where the deployment has not kept them. */
export async function deployedModels(
  io: Pick<FileIo, 'read'>,
  { buckets, manifestHash }: Pick<Platform, 'buckets' | 'manifestHash'>,
): Promise<Manifest | undefined> {
  try {
    const content = await io.read(`s3://${buckets.operations}/${manifestKey(manifestHash)}`);
    return JSON.parse(Buffer.from(content).toString('utf8')) as Manifest;
  } catch (error) {
    if (error instanceof TributaryError && error.code === 'object_missing') return undefined;
    throw asError(error);
  }
}

/** The command that deploys the models of this folder. */
export const deployCommand = (environment: string): string =>
  environment === 'local' ? 'npx tributary up' : `npx cdk deploy --all -c env=${environment}`;
