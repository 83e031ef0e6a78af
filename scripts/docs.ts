import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { compileProject } from '../engine/compile/index.ts';
import { contracts } from '../events/contracts/index.ts';
import { ASYNCAPI, asyncApi, schemaPath, schemaText } from './asyncapi.ts';
import { CHECKS_PAGE, checksPage } from './checks-page.ts';
import { DATA_DICTIONARY, dataDictionary } from './data-dictionary.ts';
import { INTAKE_LEDGER, intakeLedger } from './intake-ledger.ts';

/** `npm run docs` writes what is generated from contracts and models; with `--check` it fails where that is not up to date. */
const ROOT = join(import.meta.dirname, '..');
const isCheck = process.argv.includes('--check');

async function generate(path: string, text: string): Promise<void> {
  const file = join(ROOT, path);
  if ((await readFile(file, 'utf8').catch(() => '')) === text) return;
  if (isCheck) {
    console.error(`${path} is not up to date. Run: npm run docs`);
    process.exitCode = 1;
  } else {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
    console.log(`wrote ${path}`);
  }
}

// The dictionary describes the models as they then are.
await generate(INTAKE_LEDGER, intakeLedger());
await generate(DATA_DICTIONARY, dataDictionary(await compileProject(ROOT)));
await generate(CHECKS_PAGE, checksPage());
await generate(ASYNCAPI, asyncApi());
for (const contract of contracts) await generate(schemaPath(contract), schemaText(contract));
