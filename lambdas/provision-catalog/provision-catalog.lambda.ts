import type { CdkCustomResourceEvent, CdkCustomResourceResponse } from 'aws-lambda';
import { glue, s3 } from '../../common/aws.ts';
import { glueViews } from '../../engine/glue-views.ts';
import { glueCatalog, s3FileIo } from '../../engine/iceberg/index.ts';
import { ENV } from '../shared/constants.ts';
import { requireEnv } from '../shared/env.ts';
import { deployedManifest } from '../shared/manifest.ts';
import { lambdaHandler } from '../shared/middleware.ts';
import { provisionCatalog } from './provision-catalog.ts';

/** The custom resource's id; there is one catalog per environment. */
const CATALOG = 'tributary-catalog';

/** Custom resource that fills the catalog at deployment. Removing the resource removes no table. */
export const handler = lambdaHandler(
  'provision-catalog',
  async (event: CdkCustomResourceEvent): Promise<CdkCustomResourceResponse> => {
    if (event.RequestType !== 'Delete') {
      await provisionCatalog({
        manifest: deployedManifest(),
        catalog: glueCatalog(glue()),
        io: s3FileIo(s3()),
        views: glueViews(glue()),
        buckets: { silver: requireEnv(ENV.silverBucket), gold: requireEnv(ENV.goldBucket) },
        keep: (key, content) => s3FileIo(s3()).write(`s3://${requireEnv(ENV.operationsBucket)}/${key}`, content),
      });
    }
    return { PhysicalResourceId: CATALOG };
  },
);
