import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hashOfFiles } from '../../../localstack/source-hash.ts';

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'tributary-hash-'));
  await mkdir(join(root, 'sql', 'gold'), { recursive: true });
  await writeFile(join(root, 'cdk.json'), '{}');
  await writeFile(join(root, 'sql', 'gold', 'a.sql'), 'select 1');
  await writeFile(join(root, 'sql', 'b.sql'), 'select 2');
});

afterEach(() => rm(root, { recursive: true }));

const hash = () => hashOfFiles(root, ['cdk.json', 'sql']);

describe('hashOfFiles', () => {
  it('is the same for the same files, wherever they lie', async () => {
    const before = await hash();
    const moved = `${root}-moved`;
    await rename(root, moved);
    root = moved;
    expect(await hash()).toBe(before);
  });

  it.each([
    ['a content changes', () => writeFile(join(root, 'sql', 'gold', 'a.sql'), 'select 3')],
    ['a file comes', () => writeFile(join(root, 'sql', 'c.sql'), '')],
    ['a file goes', () => rm(join(root, 'sql', 'b.sql'))],
    ['a file is renamed', () => rename(join(root, 'sql', 'b.sql'), join(root, 'sql', 'c.sql'))],
  ])('is another when %s', async (_, change) => {
    const before = await hash();
    await change();
    expect(await hash()).not.toBe(before);
  });

  it('does not look at other files', async () => {
    const before = await hash();
    await writeFile(join(root, 'README.md'), 'changed');
    expect(await hash()).toBe(before);
  });
});
