// Loads a small synthetic retailer into the stack that the environment names; its parent may kill it at any time.
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { synthetic } from '../../cli/datasets/synthetic/dataset.ts';
import { loadDataset } from '../../cli/load/load-dataset.ts';
import { loadPlatform } from '../../cli/platform.ts';
import { SMALL_RETAILER } from './small-retailer.ts';

const [cacheDirectory = await mkdtemp(join(tmpdir(), 'tributary-cache-'))] = process.argv.slice(2);
const dataset = synthetic({ options: SMALL_RETAILER, cacheDirectory });
const result = await loadDataset(dataset, await loadPlatform(), (message) => console.error(message));
console.log(JSON.stringify(result));
