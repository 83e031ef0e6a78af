import type { Expression, Query } from '../dialect/ast.ts';
import { walkQuery } from '../dialect/walk.ts';
import type { Column } from '../model.ts';
import { compileError } from './errors.ts';
import type { Statement } from './syntax.ts';

/** Functions whose result differs from call to call, so that a rebuild would not give the same rows. */
const RANDOM: ReadonlySet<string> = new Set(['random', 'rand', 'uuid', 'shuffle', 'now']);

/** Throws `not_deterministic` at the first word that would make a rebuild differ. */
export function refuseNonDeterminism({ query, placeOf }: Statement): void {
  walkQuery(query, {
    expression: (node) => {
      const word = ambientWord(node);
      if (word === undefined) return;
      const isClock = node.kind === 'current' ? node.what.includes('time') : word === 'now';
      throw compileError(
        'not_deterministic',
        placeOf(node.at),
        `${word} would give other rows on each build`,
        isClock
          ? 'Use current_date or current_timestamp: they mean the run’s logical date.'
          : 'Derive the value from the data, for example by a hash of the key.',
      );
    },
  });
}

/** The word of a node that means chance, the clock, the session or its user. */
function ambientWord(node: Expression): string | undefined {
  if (node.kind === 'call') return RANDOM.has(node.name) ? node.name : undefined;
  if (node.kind !== 'current' || isLogicalDate(node)) return undefined;
  return node.what.startsWith('local') ? node.what : `current_${node.what}`;
}

const isLogicalDate = (node: Expression): boolean =>
  node.kind === 'current' && (node.what === 'date' || node.what === 'timestamp');

/** The first node that means the run's logical date. */
export function logicalDateIn(query: Query): Expression | undefined {
  const found: Expression[] = [];
  walkQuery(query, {
    expression: (node) => {
      if (isLogicalDate(node)) found.push(node);
    },
  });
  return found[0];
}

/** Whether a query uses the logical date for more than the output columns that only record the run. */
export function datesBesides(query: Query, columns: readonly Pick<Column, 'recordsRun'>[]): boolean {
  const { body } = query;
  if (body.kind !== 'select') return logicalDateIn(query) !== undefined;
  const items = body.items.filter((_item, index) => columns[index]?.recordsRun !== true);
  return logicalDateIn({ ...query, body: { ...body, items } }) !== undefined;
}
