import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { beginOutput, endOutput } from '../../../events/generator/output/folder.ts';
import { mergeParts, readManifest } from '../../../events/generator/output/manifest.ts';
import { temporaryFolder } from './folders.ts';
import { OPTIONS } from './handmade.ts';

const manifest = mergeParts(OPTIONS, []);

describe('the output folder', () => {
  it('is made where there is none, and is whole with its manifest', async () => {
    const folder = join(await temporaryFolder(), 'new');
    await beginOutput(folder);
    expect(await readManifest(folder)).toBeUndefined();
    await endOutput(folder, manifest);
    expect(await readManifest(folder)).toEqual(manifest);
    expect(await readdir(folder)).toEqual(['manifest.json']);
  });

  it('loses what an interrupted or a whole output has left', async () => {
    const folder = await temporaryFolder();
    for (const isWhole of [false, true]) {
      await beginOutput(folder);
      await mkdir(join(folder, 'landing'));
      if (isWhole) await endOutput(folder, manifest);
      await beginOutput(folder);
      expect(await readdir(folder)).toEqual(['.tributary-output']);
    }
  });

  it('is not one that holds something else', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'thesis.txt'), 'years of work');
    await expect(beginOutput(folder)).rejects.toMatchObject({ code: 'foreign_folder', where: folder });
    expect(await readdir(folder)).toEqual(['thesis.txt']);
    const mixed = await temporaryFolder();
    await beginOutput(mixed);
    await writeFile(join(mixed, 'thesis.txt'), 'years of work');
    await expect(beginOutput(mixed)).rejects.toMatchObject({ code: 'foreign_folder' });
    expect(await readdir(mixed)).toContain('thesis.txt');
  });
});
