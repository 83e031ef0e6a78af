import { type Direction, edgesOf, type LineageEdge, type LineageTree } from '../../engine/lineage/graph.ts';

export type LineageFormat = 'tree' | 'mermaid' | 'json';

const HEADINGS: Readonly<Record<Direction, string>> = { up: 'comes from', down: 'leads to' };

/** The trees of one name in both directions, or in one, as text. */
export function lineageText(trees: Readonly<Partial<Record<Direction, LineageTree>>>, format: LineageFormat): string {
  const given = (['up', 'down'] as const).flatMap((direction) => {
    const tree = trees[direction];
    return tree ? [{ direction, tree }] : [];
  });
  if (format === 'tree') return given.map(({ direction, tree }) => treeText(tree, direction)).join('\n');
  const edges = given.flatMap(({ direction, tree }) => edgesOf(tree, direction));
  return format === 'mermaid' ? mermaid(edges) : `${JSON.stringify({ name: given[0]?.tree.name, edges }, null, 2)}\n`;
}

function treeText(tree: LineageTree, direction: Direction): string {
  if (tree.next.length === 0) return `${tree.name} ${HEADINGS[direction]} nothing\n`;
  return [`${tree.name} ${HEADINGS[direction]}`, ...branches(tree, ''), ''].join('\n');
}

function branches({ next }: LineageTree, indent: string): string[] {
  return next.flatMap((node, index) => {
    const isLast = index === next.length - 1;
    const line = `${indent}${isLast ? '└─ ' : '├─ '}${node.name}  (${node.by}${node.isRepeated ? '; goes on above' : ''})`;
    return [line, ...branches(node, `${indent}${isLast ? '   ' : '│  '}`)];
  });
}

function mermaid(edges: readonly LineageEdge[]): string {
  const lines = edges.map(({ from, to, by }) => `  ${nodeOf(from)} -->|"${by}"| ${nodeOf(to)}`);
  return ['graph LR', ...lines, ''].join('\n');
}

/** Dots have a meaning of their own in Mermaid's identifiers. */
const nodeOf = (name: string): string => `${name.replaceAll('.', '_')}["${name}"]`;
