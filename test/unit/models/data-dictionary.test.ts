import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compileProject } from '../../../engine/compile/index.ts';
import { DATA_DICTIONARY, dataDictionary } from '../../../scripts/data-dictionary.ts';

const ROOT = join(import.meta.dirname, '../../..');

describe('docs/data-dictionary.md', () => {
  it('is up to date; `npm run docs` writes it', async () => {
    const page = await readFile(join(ROOT, DATA_DICTIONARY), 'utf8');
    expect(page).toBe(dataDictionary(await compileProject(ROOT)));
  });
});
