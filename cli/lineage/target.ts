import { TributaryError } from '../../common/errors.ts';
import type { Granularity, LineageEdge } from '../../engine/lineage/graph.ts';

export interface LineageTarget {
  readonly name: string;
  readonly of: Granularity;
}

/**
 * What a user means by `gold.fact_sale`, `fact_sale`, `gold.fact_sale.net_amount` or `fact_sale.net_amount`. Throws
 * `unknown_table` or `unknown_column` with names that come near.
 */
export function lineageTarget(
  text: string,
  tables: readonly LineageEdge[],
  columns: readonly LineageEdge[],
): LineageTarget {
  const table = find(text, namesOf(tables));
  if (table !== undefined) return { name: table, of: 'table' };
  const column = find(text, namesOf(columns));
  if (column !== undefined) return { name: column, of: 'column' };
  const owner = text.includes('.') ? find(text.slice(0, text.lastIndexOf('.')), namesOf(tables)) : undefined;
  if (owner !== undefined) {
    const known = namesOf(columns).filter((name) => name.startsWith(`${owner}.`));
    throw unknown(
      'column',
      text,
      known.map((name) => name.slice(owner.length + 1)),
    );
  }
  throw unknown('table', text, namesOf(tables));
}

const namesOf = (edges: readonly LineageEdge[]): string[] =>
  [...new Set(edges.flatMap(({ from, to }) => [from, to]))].sort();

/** The name itself, or the only one that ends in it; a contract’s name only in full, for bronze has the same ones. */
function find(text: string, names: readonly string[]): string | undefined {
  if (names.includes(text)) return text;
  const matches = names.filter((name) => name.endsWith(`.${text}`) && !name.startsWith('contract.'));
  return text !== '' && matches.length === 1 ? matches[0] : undefined;
}

const unknown = (what: 'table' | 'column', text: string, known: readonly string[]) =>
  new TributaryError({
    code: `unknown_${what}`,
    message: `there is no ${what} ${text}, or it is not the only one of that name`,
    advice: `choose among ${known.join(', ')}`,
  });
