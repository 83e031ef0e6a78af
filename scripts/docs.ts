import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { compileProject } from '../engine/compile/index.ts';
import { DATA_DICTIONARY, dataDictionary } from './data-dictionary.ts';

/** `npm run docs` writes the generated page; with `--check` it fails where the page is not up to date. */
const ROOT = join(import.meta.dirname, '..');
const file = join(ROOT, DATA_DICTIONARY);
const text = dataDictionary(await compileProject(ROOT));

if (!process.argv.includes('--check')) {
  await writeFile(file, text);
  console.log(`wrote ${DATA_DICTIONARY}`);
} else if ((await readFile(file, 'utf8').catch(() => '')) !== text) {
  console.error(`${DATA_DICTIONARY} is not up to date. Run: npm run docs`);
  process.exitCode = 1;
}
