import type { EnvelopeName } from '../../events/contracts/envelope.ts';
import type { SourceTable } from '../manifest.ts';
import type { Check, Model } from '../model.ts';

type Keys = readonly (readonly string[])[];

/** A record that was received twice has one position, and is the same each time. */
export function sourceKeys({ columns }: Pick<SourceTable, 'columns'>): Keys {
  const key: readonly EnvelopeName[] = ['_origin', '_position'];
  return key.every((name) => columns.some((column) => column.name === name)) ? [key] : [];
}

/** No version of a table is published in which two rows agree in these columns. */
export const publishedKeys = (model: Pick<Model, 'checks' | 'merge'>): Keys =>
  model.merge === undefined ? checkedKeys(model) : [model.merge.key, ...checkedKeys(model)];

/** No result of a model's SELECT is published in which two rows do; a merge has its own way to choose between them. */
export const resultKeys = (model: Pick<Model, 'checks' | 'merge'>): Keys =>
  model.merge === undefined ? checkedKeys(model) : [];

function checkedKeys({ checks }: Pick<Model, 'checks'>): Keys {
  const present = new Set(checks.filter(isEnforced('not_null')).flatMap(({ columns }) => columns));
  const unique = checks.filter(isEnforced('unique')).map(({ columns }) => columns);
  // Rows with a null in the key are no matter of uniqueness.
  return unique.filter((columns) => columns.every((name) => present.has(name)));
}

const isEnforced =
  (rule: string) =>
  (check: Check): boolean =>
    check.rule === rule && check.action !== 'warn' && check.tolerate === undefined;
