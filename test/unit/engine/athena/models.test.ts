import { expect, it } from 'vitest';
import { rewrite } from '../../../../engine/adapters/athena/rewrite.ts';
import { compileProject } from '../../../../engine/compile/index.ts';
import { toDuckDb } from '../../../../engine/dialect/index.ts';
import type { SqlByEngine } from '../../../../engine/manifest.ts';

it('leaves every statement of every model valid over other tables', async () => {
  const { models, sources } = await compileProject(new URL('../../../../', import.meta.url).pathname);
  const tables = [
    ...sources.map(({ name, columns, partitionColumns }) => ({ name, columns: [...columns, ...partitionColumns] })),
    ...models,
  ];
  const names = new Map(tables.map(({ name }, index) => [name, `"staging"."in_${index}"`]));
  const staged = Object.fromEntries(tables.map(({ columns }, index) => [`staging.in_${index}`, columns]));
  const statements = models.flatMap(({ sql, audit }): readonly (SqlByEngine | null)[] => [
    sql,
    audit.sql,
    ...audit.samples,
    ...(audit.quarantine === null ? [] : [audit.quarantine.keep, audit.quarantine.setAside]),
  ]);
  const texts = statements.flatMap((statement) => statement?.athena ?? []);
  expect(texts.length).toBeGreaterThan(models.length);
  for (const text of texts) {
    const rewritten = rewrite(text, names, '2026-01-31');
    expect(() => toDuckDb(rewritten, { tables: staged }), rewritten).not.toThrow();
    expect(rewritten).not.toMatch(/\bcurrent_(date|timestamp)\b/i);
  }
});
