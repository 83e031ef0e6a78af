import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { TributaryError } from '../common/errors.ts';
import { compileProject } from '../engine/compile/index.ts';
import { addStacks } from './application.ts';
import { settingsOf } from './environments.ts';
import { writeManifest } from './manifest-file.ts';

const PROJECT = join(import.meta.dirname, '..');

/** The CDK app, as the CDK CLI starts it: `npx cdk deploy --all -c env=dev`. */
async function synthesise(): Promise<void> {
  const app = new App();
  const settings = settingsOf(app.node.tryGetContext('env'));
  const manifest = await compileProject(PROJECT);
  addStacks(app, settings, writeManifest(manifest, join(app.outdir, 'manifest', 'manifest.json')));
  app.synth();
}

try {
  await synthesise();
} catch (error) {
  if (!(error instanceof TributaryError)) throw error;
  // What people got wrong is said in a paragraph, not in a stack trace.
  console.error(error.toString());
  process.exitCode = 1;
}
