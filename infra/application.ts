import { type App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { Settings } from './environments.ts';
import type { CompiledManifest } from './manifest-file.ts';
import { Names } from './names.ts';
import { AccessStack } from './stacks/access-stack.ts';
import { AlertingStack } from './stacks/alerting-stack.ts';
import { BatchStack } from './stacks/batch-stack.ts';
import { CatalogStack } from './stacks/catalog-stack.ts';
import { ExtractionStack } from './stacks/extraction-stack.ts';
import { ObservabilityStack } from './stacks/observability-stack.ts';
import { StorageStack } from './stacks/storage-stack.ts';
import { StreamingStack } from './stacks/streaming-stack.ts';
import { UpkeepStack } from './stacks/upkeep-stack.ts';
import { WebhookStack } from './stacks/webhook-stack.ts';

/** Adds all stacks of an environment to an app, and the checks that they must pass. */
export function addStacks(app: App, settings: Settings, manifest: CompiledManifest): void {
  const props = { settings, names: new Names(settings) };
  const storage = new StorageStack(app, 'TributaryStorage', props);
  const alerting = new AlertingStack(app, 'TributaryAlerting', props);
  const { rawDataKey, personalDataKey } = storage;
  const catalog = new CatalogStack(app, 'TributaryCatalog', { ...props, manifest });
  if (settings.tableOptimizers) {
    new UpkeepStack(app, 'TributaryUpkeep', { ...props, manifest }).addStackDependency(catalog);
  }
  const streaming = new StreamingStack(app, 'TributaryStreaming', { ...props, rawDataKey, personalDataKey });
  new WebhookStack(app, 'TributaryWebhook', props).addStackDependency(streaming);
  const extraction = new ExtractionStack(app, 'TributaryExtraction', { ...props, rawDataKey });
  const batch = new BatchStack(app, 'TributaryBatch', { ...props, manifest, rawDataKey, alertKey: alerting.key });
  const observability = new ObservabilityStack(app, 'TributaryObservability', props);
  const access = new AccessStack(app, 'TributaryAccess', { ...props, manifest, rawDataKey, personalDataKey });

  // Names are shared, not exports, so the order has to be told.
  for (const user of [catalog, streaming, batch, extraction]) user.addStackDependency(storage);
  for (const user of [batch, extraction, observability]) user.addStackDependency(alerting);
  // Whoever reads the platform's names finds everything in place.
  for (const part of [catalog, streaming, batch, extraction]) access.addStackDependency(part);

  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
}
