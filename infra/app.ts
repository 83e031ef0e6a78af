import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { compileProject } from '../engine/compile/index.ts';
import { addStacks } from './application.ts';
import { settingsOf } from './environments.ts';
import { writeManifest } from './manifest-file.ts';

const root = join(import.meta.dirname, '..');
const app = new App();
const settings = settingsOf(app.node.tryGetContext('env'));
const manifest = await compileProject(root);
addStacks(app, settings, writeManifest(manifest, join(app.outdir, 'manifest', 'manifest.json')));
app.synth();
