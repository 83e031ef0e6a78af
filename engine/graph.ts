import { compileError, type Place } from './compile/errors.ts';
import type { CompiledModel } from './manifest.ts';

/** What the graph needs to know of a model. */
export type GraphModel = Pick<CompiledModel, 'name' | 'domain' | 'file' | 'inputs' | 'audit'>;

/** Where a model says that it reads a table. */
export type PlaceOfRead = (model: string, table: string) => Place | undefined;

/** Models that must be published before a model is built: what it reads and what its checks read. */
export function dependenciesOf({ inputs, audit }: Pick<GraphModel, 'inputs' | 'audit'>): readonly string[] {
  return [...new Set([...inputs, ...audit.tables])].sort();
}

/**
 * Models in an order in which each comes after its dependencies, by name where there is a choice.
 * Throws `cycle`, naming it, where its first model reads the next: `gold.a → gold.b → gold.a`.
 */
export function topologicalOrder<M extends GraphModel>(models: readonly M[], placeOf?: PlaceOfRead): readonly M[] {
  const byName = new Map([...models].sort(byNameOrder).map((model) => [model.name, model]));
  const edges = new Map([...byName].map(([name, model]) => [name, dependenciesOf(model).filter((d) => byName.has(d))]));
  const cycle = findCycle(edges);
  if (cycle !== undefined) {
    throw compileError(
      'cycle',
      placeOf?.(cycle[0] ?? '', cycle[1] ?? '') ?? { file: byName.get(cycle[0] ?? '')?.file ?? '', line: 1 },
      `these models read each other: ${cycle.join(' → ')}`,
      'Move what they share into a model that both read.',
    );
  }
  return levels(edges).flatMap((level) => level.flatMap((name) => byName.get(name) ?? []));
}

const byNameOrder = (a: { readonly name: string }, b: { readonly name: string }): number => (a.name < b.name ? -1 : 1);

/** Which domains each domain waits for. Throws `domain_cycle`, naming it with the models that make it. */
export function domainGraph(
  models: readonly GraphModel[],
  placeOf?: PlaceOfRead,
): ReadonlyMap<string, readonly string[]> {
  const domainOf = new Map(models.map(({ name, domain }) => [name, domain]));
  const edges = new Map([...new Set(domainOf.values())].sort().map((domain) => [domain, new Set<string>()]));
  for (const model of models) {
    for (const dependency of dependenciesOf(model)) {
      const other = domainOf.get(dependency);
      if (other !== undefined && other !== model.domain) edges.get(model.domain)?.add(other);
    }
  }
  const graph = new Map([...edges].map(([domain, others]) => [domain, [...others].sort()]));
  const cycle = findCycle(graph);
  if (cycle !== undefined) throw domainCycle(cycle, models, domainOf, placeOf);
  return graph;
}

function domainCycle(
  cycle: readonly string[],
  models: readonly GraphModel[],
  domainOf: ReadonlyMap<string, string>,
  placeOf: PlaceOfRead | undefined,
) {
  const steps = cycle.slice(0, -1).map((domain, index) => {
    const model = models.find(
      (candidate) =>
        candidate.domain === domain && dependenciesOf(candidate).some((d) => domainOf.get(d) === cycle[index + 1]),
    );
    const dependency = model && dependenciesOf(model).find((d) => domainOf.get(d) === cycle[index + 1]);
    const place = placeOf?.(model?.name ?? '', dependency ?? '') ?? { file: model?.file ?? '', line: 1 };
    return { place, text: `${model?.name} reads ${dependency}` };
  });
  return compileError(
    'domain_cycle',
    steps[0]?.place ?? { file: '', line: 1 },
    `domains wait for each other: ${cycle.join(' → ')} (${steps.map(({ text }) => text).join(', ')})`,
    'Move what several domains share into silver or the star schema.',
  );
}

type Edges = ReadonlyMap<string, readonly string[]>;

/** The nodes by level: each node's level is one above the highest of what it waits for. The graph must be acyclic. */
export function levels(edges: Edges): readonly (readonly string[])[] {
  const result: string[][] = [];
  const placed = new Map<string, number>();
  const place = (name: string): number => {
    const known = placed.get(name);
    if (known !== undefined) return known;
    const level = Math.max(-1, ...(edges.get(name) ?? []).map(place)) + 1;
    placed.set(name, level);
    result[level] = [...(result[level] ?? []), name];
    return level;
  };
  for (const name of edges.keys()) place(name);
  return result.map((level) => [...level].sort());
}

/** A cycle with its first node repeated at the end, or undefined. */
function findCycle(edges: Edges): readonly string[] | undefined {
  const finished = new Set<string>();
  const visit = (name: string, path: readonly string[]): readonly string[] | undefined => {
    const start = path.indexOf(name);
    if (start >= 0) return [...path.slice(start), name];
    if (finished.has(name)) return undefined;
    for (const next of edges.get(name) ?? []) {
      const cycle = visit(next, [...path, name]);
      if (cycle !== undefined) return cycle;
    }
    finished.add(name);
    return undefined;
  };
  for (const name of edges.keys()) {
    const cycle = visit(name, []);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
}
