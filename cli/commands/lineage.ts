import { type Command, Option } from 'commander';
import { compileProject } from '../../engine/compile/index.ts';
import { type Direction, lineageEdges, trace } from '../../engine/lineage/graph.ts';
import { contracts } from '../../events/contracts/index.ts';
import { PROJECT_ROOT } from '../../localstack/stack.ts';
import { type LineageFormat, lineageText } from '../lineage/format.ts';
import { lineageTarget } from '../lineage/target.ts';

interface Options {
  readonly up: boolean;
  readonly down: boolean;
  readonly format: LineageFormat;
}

export function register(program: Command): void {
  program
    .command('lineage')
    .description('show what a table or column comes from, back to the contracts, and what it leads to')
    .argument('<table[.column]>', 'e.g. gold.fact_sale or fact_sale.net_amount')
    .option('--up', 'only what it comes from', false)
    .option('--down', 'only what it leads to', false)
    .addOption(new Option('--format <format>', 'how to print it').choices(['tree', 'mermaid', 'json']).default('tree'))
    .action(lineage);
}

async function lineage(text: string, { up, down, format }: Options): Promise<void> {
  const manifest = await compileProject(PROJECT_ROOT);
  const edges = {
    table: lineageEdges(manifest, contracts, 'table'),
    column: lineageEdges(manifest, contracts, 'column'),
  };
  const { name, of } = lineageTarget(text, edges.table, edges.column);
  const isWanted = { up: up || !down, down: down || !up };
  const tree = (direction: Direction) =>
    isWanted[direction] ? { [direction]: trace(edges[of], name, direction) } : {};
  process.stdout.write(lineageText({ ...tree('up'), ...tree('down') }, format));
}
