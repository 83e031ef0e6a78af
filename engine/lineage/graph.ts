import type { Contract } from '../../events/contracts/contract.ts';
import { protectedColumns } from '../../events/contracts/personal.ts';
import type { Manifest } from '../manifest.ts';

/**
 * One step of data: `from` feeds `to`, by way of `by`. Names are `<database>.<table>` or `<database>.<table>.<column>`;
 * what a contract describes is `contract.<source>[.<field>]`.
 */
export interface LineageEdge {
  readonly from: string;
  readonly to: string;
  /** Functions that carry it, or `view` where a query does when it is asked. */
  readonly by: string;
}

export type Granularity = 'table' | 'column';

/** All steps between the contracts' sources and the last view, of tables or of their columns. */
export function lineageEdges(manifest: Manifest, contracts: readonly Contract[], of: Granularity): LineageEdge[] {
  const models = manifest.models.flatMap(({ name, kind, inputs, lineage }) => {
    const by = kind === 'view' ? 'view' : 'build-model';
    if (of === 'table') return inputs.map((input) => ({ from: input, to: name, by }));
    return lineage.flatMap(({ column, from }) =>
      from.map((origin) => ({ from: `${origin.table}.${origin.column}`, to: `${name}.${column}`, by })),
    );
  });
  return [...contracts.flatMap((contract) => intakeEdges(contract, of)), ...models];
}

function intakeEdges(contract: Contract, of: Granularity): LineageEdge[] {
  const { source, fields, transport } = contract;
  const by = [...(transport.stream ? ['ingest-stream'] : []), 'ingest-file'].join(', ');
  if (of === 'table') return [{ from: `contract.${source}`, to: `bronze.${source}`, by }];
  return Object.entries(fields).flatMap(([name, field]) =>
    protectedColumns(name, field).map((column) => ({
      from: `contract.${source}.${name}`,
      to: `bronze.${source}.${column}`,
      by,
    })),
  );
}

/** What an edge leads to, seen from `name`: towards the sources, or towards the consumers. */
export type Direction = 'up' | 'down';

export interface LineageTree {
  readonly name: string;
  /** How data gets from here to the parent node, or from it to here; null at the root. */
  readonly by: string | null;
  /** Whether what follows is shown where the name came first. */
  readonly isRepeated: boolean;
  readonly next: readonly LineageTree[];
}

/** Everything that a table or column comes from or leads to, each name followed once. */
export function trace(edges: readonly LineageEdge[], name: string, direction: Direction): LineageTree {
  const [near, far] = direction === 'up' ? (['to', 'from'] as const) : (['from', 'to'] as const);
  const byNear = Map.groupBy(edges, (edge) => edge[near]);
  const seen = new Set<string>();
  const grow = (at: string, by: string | null): LineageTree => {
    const following = (byNear.get(at) ?? []).toSorted((a, b) => (a[far] < b[far] ? -1 : 1));
    const isRepeated = seen.has(at) && following.length > 0;
    seen.add(at);
    return { name: at, by, isRepeated, next: isRepeated ? [] : following.map((edge) => grow(edge[far], edge.by)) };
  };
  return grow(name, null);
}

/** The edges of a tree, each once, from source to consumer. */
export function edgesOf(tree: LineageTree, direction: Direction): LineageEdge[] {
  const found = new Map<string, LineageEdge>();
  const visit = (parent: LineageTree): void => {
    for (const node of parent.next) {
      const [from, to] = direction === 'up' ? [node.name, parent.name] : [parent.name, node.name];
      found.set(`${from} ${to}`, { from, to, by: node.by ?? '' });
      visit(node);
    }
  };
  visit(tree);
  return [...found.values()];
}
