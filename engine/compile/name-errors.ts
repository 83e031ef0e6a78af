import type { TributaryError } from '../../common/errors.ts';
import { compileError } from './errors.ts';
import { nearest } from './nearest.ts';
import { cteNames, knowsRelation, type Scope } from './scope.ts';
import { type Node, nameIn, type Statement } from './syntax.ts';

/** A column reference that several relations could mean. */
export function ambiguousColumn({ placeOf }: Statement, reference: Node, relations: readonly string[]): TributaryError {
  const name = nameIn(reference, 'name') ?? '';
  return compileError(
    'ambiguous_column',
    placeOf(reference.name),
    `"${name}" is in ${relations.join(' and ')}`,
    `Write ${relations.map((relation) => `${relation}.${name}`).join(' or ')}.`,
  );
}

/** A column reference that means nothing; `candidates` are the columns that were looked through. */
export function unknownColumn(
  { placeOf }: Statement,
  reference: Node,
  candidates: readonly string[],
  scope: Scope,
): TributaryError {
  const name = nameIn(reference, 'name') ?? '';
  const qualifier = nameIn(reference, 'table');
  if (qualifier !== undefined && !knowsRelation(scope, qualifier)) {
    const aliases = scope.relations.flatMap(({ alias }) => alias ?? []);
    return compileError(
      'unknown_table',
      placeOf(reference.table),
      `nothing in FROM is called "${qualifier}"`,
      suggestion(nearest(qualifier, aliases), `In sight: ${aliases.join(', ')}.`),
    );
  }
  return compileError(
    'unknown_column',
    placeOf(reference.name),
    `there is no column "${qualifier === undefined ? name : `${qualifier}.${name}`}"`,
    suggestion(nearest(name, candidates), `There are: ${[...new Set(candidates)].join(', ')}.`),
  );
}

/** A table reference that is neither a CTE nor one of `tables` by its two-part name. */
export function unknownTable(
  { placeOf }: Statement,
  reference: Node,
  tables: Iterable<string>,
  scope: Scope,
): TributaryError {
  const parts = ['catalog', 'schema', 'name'].flatMap((part) => nameIn(reference, part) ?? []);
  const name = parts.join('.');
  const known = [...tables];
  if (parts.length === 2) {
    const advice = suggestion(nearest(name, known), 'A table is a file below sql/ or a source of events/contracts/.');
    return compileError('unknown_table', placeOf(reference), `there is no table "${name}"`, advice);
  }
  const full = known.find((table) => table.split('.')[1] === parts.at(-1));
  return compileError(
    'unknown_table',
    placeOf(reference),
    `"${name}" is neither a CTE nor a table as layer.table`,
    suggestion(full ?? nearest(name, cteNames(scope)), 'Name tables as layer.table, e.g. silver.products.'),
  );
}

const suggestion = (like: string | undefined, otherwise: string): string =>
  like === undefined ? otherwise : `Did you mean "${like}"?`;
