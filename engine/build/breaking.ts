import { TributaryError } from '../../common/errors.ts';
import { dependenciesOf } from '../graph.ts';
import { hiveTypeOf } from '../hive-type.ts';
import type { CompiledModel, Manifest } from '../manifest.ts';
import type { RunRequest } from '../run.ts';

/** What a new version does to a published column. */
export interface ColumnChange {
  readonly column: string;
  readonly change: 'added' | 'removed' | 'widened' | 'narrowed';
  /** Types in Hive's spelling; null where the column is not there. */
  readonly from: string | null;
  readonly to: string | null;
}

/** A published column, its type in Athena's or Hive's spelling. */
export interface PublishedColumn {
  readonly name: string;
  readonly type: string;
}

/** How the columns of a model differ from the published ones; a renamed column is removed and added. */
export function columnChanges(
  published: readonly PublishedColumn[],
  model: Pick<CompiledModel, 'columns'>,
): readonly ColumnChange[] {
  const before = new Map(published.map(({ name, type }) => [name, hiveTypeOf(type)]));
  const after = new Map(model.columns.map(({ name, type }) => [name, hiveTypeOf(type)]));
  const removed = [...before]
    .filter(([column]) => !after.has(column))
    .map(([column, from]): ColumnChange => ({ column, change: 'removed', from, to: null }));
  const others = [...after].flatMap(([column, to]): readonly ColumnChange[] => {
    const from = before.get(column);
    if (from === undefined) return [{ column, change: 'added', from: null, to }];
    return from === to ? [] : [{ column, change: isWider(from, to) ? 'widened' : 'narrowed', from, to }];
  });
  return [...removed, ...others];
}

/** Whether every value of one type is a value of the other, for whoever reads the column as a number. */
function isWider(from: string, to: string): boolean {
  if ((from === 'int' && to === 'bigint') || (from === 'float' && to === 'double')) return true;
  const [before, after] = [decimalOf(from), decimalOf(to)];
  if (before === undefined || after === undefined) return false;
  return after.scale >= before.scale && after.precision - after.scale >= before.precision - before.scale;
}

function decimalOf(type: string): { readonly precision: number; readonly scale: number } | undefined {
  const [, precision, scale] = /^decimal\((\d+),(\d+)\)$/.exec(type) ?? [];
  return precision === undefined ? undefined : { precision: Number(precision), scale: Number(scale) };
}

export const isBreaking = ({ change }: ColumnChange): boolean => change === 'removed' || change === 'narrowed';

/** `column total is removed`, `column total becomes int, was bigint`. */
const describeChange = ({ column, change, from, to }: ColumnChange): string =>
  change === 'removed' || change === 'added'
    ? `column ${column} is ${change}`
    : `column ${column} becomes ${to}, was ${from}`;

/** Models that read a table, in the manifest's order. */
const readersOf = ({ models }: Pick<Manifest, 'models'>, table: string): readonly string[] =>
  models.filter((model) => dependenciesOf(model).includes(table)).map(({ name }) => name);

/** Published columns that a model would take away or narrow although somebody may rely on them. */
export function brokenColumns(
  manifest: Pick<Manifest, 'models'>,
  model: CompiledModel,
  published: readonly PublishedColumn[],
): readonly ColumnChange[] {
  const isReliedOn = model.layer !== 'silver' || readersOf(manifest, model.name).length > 0;
  return isReliedOn ? columnChanges(published, model).filter(isBreaking) : [];
}

/**
 * Refuses a version without columns, or with narrower ones, that somebody may rely on: models that read the table, and
 * for gold and the marts whoever queries them. Throws `breaking_change` unless the run allows it.
 */
export function requireUnbroken(
  manifest: Pick<Manifest, 'models'>,
  model: CompiledModel,
  published: readonly PublishedColumn[],
  { allowBreaking }: Pick<RunRequest, 'allowBreaking'>,
): void {
  const broken = brokenColumns(manifest, model, published);
  if (broken.length === 0 || allowBreaking) return;
  const readers = readersOf(manifest, model.name);
  const read = readers.length === 0 ? 'whoever queries it' : readers.join(', ');
  throw new TributaryError({
    code: 'breaking_change',
    message: `${broken.map(describeChange).join('; ')}; ${model.name} is read by ${read}; the old version still serves`,
    where: model.file,
    advice: `Keep the column, or confirm the change: npx tributary run --table ${model.name} --allow-breaking`,
  });
}
