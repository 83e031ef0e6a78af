import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../../..');
const page = await readFile(join(ROOT, 'docs/requirements.md'), 'utf8');
const rows = [...page.matchAll(/^\| (?<id>[SM][0-9A-F]-\d+) \| [^|]+ \| (?<state>[^|]+) \| (?<text>[^|]+) \|$/gm)].map(
  ({ groups }) => ({ id: groups?.id ?? '', state: groups?.state ?? '', text: groups?.text ?? '' }),
);

/** How many requirements each part of the ledger has. */
const LEDGER = { S0: 145, S1: 190, S2: 117, S3: 34, S4: 69, MA: 13, MB: 40, MC: 7, MD: 27, ME: 21, MF: 18 };

describe('docs/requirements.md', () => {
  it('names each requirement once, in order', () => {
    const expected = Object.entries(LEDGER).flatMap(([part, count]) =>
      Array.from({ length: count }, (_, index) => `${part}-${String(index + 1).padStart(2, '0')}`),
    );
    expect(rows.map(({ id }) => id)).toEqual(expected);
  });

  it('gives each a state', () => {
    const states = ['met', 'part', 'planned', 'reinterpreted'];
    expect(rows.filter(({ state }) => !states.includes(state))).toEqual([]);
  });

  it('names only files and folders that exist', () => {
    const paths = [...page.matchAll(/`([\w.-]+\/[\w./-]*|[\w-]+\.md)`/g)].map(([, path = '']) => path);
    expect(paths.length).toBeGreaterThan(50);
    expect(paths.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });

  it('refers only to requirements that are there', () => {
    const ids = new Set(rows.map(({ id }) => id));
    const references = rows.flatMap(({ text }) => [...text.matchAll(/\b[SM][0-9A-F]-\d+\b/g)].map(([id]) => id));
    expect(references.filter((id) => !ids.has(id))).toEqual([]);
  });
});
