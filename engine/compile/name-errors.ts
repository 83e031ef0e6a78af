import type { TributaryError } from '../../common/errors.ts';
import type { Name } from '../dialect/ast.ts';
import { compileError } from './errors.ts';
import { nearest } from './nearest.ts';
import { cteNames, knowsRelation, type Scope } from './scope.ts';
import type { Statement } from './syntax.ts';

/** A column as an expression names it, in lower case. */
export interface Reference {
  readonly qualifier?: Name;
  readonly name: Name;
}

/** A column reference that several relations could mean. */
export function ambiguousColumn(
  { placeOf }: Statement,
  { name: { text, at } }: Reference,
  relations: readonly string[],
): TributaryError {
  return compileError(
    'ambiguous_column',
    placeOf(at),
    `"${text}" is in ${relations.join(' and ')}`,
    `Write ${relations.map((relation) => `${relation}.${text}`).join(' or ')}.`,
  );
}

/** A column reference that means nothing; `candidates` are the columns that were looked through. */
export function unknownColumn(
  { placeOf }: Statement,
  { qualifier, name }: Reference,
  candidates: readonly string[],
  scope: Scope,
): TributaryError {
  if (qualifier !== undefined && !knowsRelation(scope, qualifier.text)) {
    const aliases = scope.relations.flatMap(({ alias }) => alias ?? []);
    return compileError(
      'unknown_table',
      placeOf(qualifier.at),
      `nothing in FROM is called "${qualifier.text}"`,
      suggestion(nearest(qualifier.text, aliases), `In sight: ${aliases.join(', ')}.`),
    );
  }
  return compileError(
    'unknown_column',
    placeOf(name.at),
    `there is no column "${qualifier === undefined ? '' : `${qualifier.text}.`}${name.text}"`,
    suggestion(nearest(name.text, candidates), `There are: ${[...new Set(candidates)].join(', ')}.`),
  );
}

/** A table reference that is neither a CTE nor one of `tables` by its two-part name. */
export function unknownTable(
  { placeOf }: Statement,
  parts: readonly string[],
  at: number,
  tables: Iterable<string>,
  scope: Scope,
): TributaryError {
  const name = parts.join('.');
  const known = [...tables];
  if (parts.length === 2) {
    const advice = suggestion(nearest(name, known), 'A table is a file below sql/ or a source of events/contracts/.');
    return compileError('unknown_table', placeOf(at), `there is no table "${name}"`, advice);
  }
  const full = known.find((table) => table.split('.')[1] === parts.at(-1));
  return compileError(
    'unknown_table',
    placeOf(at),
    `"${name}" is neither a CTE nor a table as layer.table`,
    suggestion(full ?? nearest(name, cteNames(scope)), 'Name tables as layer.table, e.g. silver.products.'),
  );
}

const suggestion = (like: string | undefined, otherwise: string): string =>
  like === undefined ? otherwise : `Did you mean "${like}"?`;
