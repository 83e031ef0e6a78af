import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { z } from 'zod';
import { TributaryError } from '../../../common/errors.ts';
import { nearest } from '../../../engine/compile/nearest.ts';
import type { QueryBody } from '../../../engine/dialect/ast.ts';
import { parseQueryText, resultColumns, type TableColumns, toDuckDb } from '../../../engine/dialect/index.ts';
import type { CompiledModel, Manifest } from '../../../engine/manifest.ts';
import type { LakeColumn } from './lake.ts';

const row = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]));
const file = z.strictObject({
  /** Rows to refer to by YAML anchors. */
  rows: z.unknown().optional(),
  tests: z
    .array(
      z.strictObject({
        name: z.string(),
        /** The step of the model, by its name in `with`, whose rows are expected; the model's own rows where none is named. */
        cte: z.string().optional(),
        as_of: z.iso.date().default('2018-01-01'),
        given: z.record(z.string(), z.array(row)),
        /** Condition that picks the rows to compare, where the model makes more than the case is about. */
        where: z.string().optional(),
        expect: z.array(row),
      }),
    )
    .min(1),
});

type Written = z.infer<typeof file>['tests'][number];

/** Given rows, and the rows that a model or one of its steps makes of them. */
export interface ModelCase extends Written {
  /** What makes the rows, in DuckDB's words. */
  readonly sql: string;
  /** Columns that are compared: those that any expected row names; all where none is expected. */
  readonly columns: readonly LakeColumn[];
}

type Path = readonly PropertyKey[];

/**
 * The cases that stand beside a model. Throws `bad_case`, with file and line, for what is not a case file, and for names
 * of steps, tables and columns that the model does not have.
 */
export function readCases(path: string, text: string, model: CompiledModel, manifest: Manifest): readonly ModelCase[] {
  const lines = new LineCounter();
  const document = parseDocument(text, { merge: true, lineCounter: lines });
  const fail = (at: Path, message: string, advice?: string): never => {
    const { line } = lines.linePos(offsetOf(document, at));
    throw new TributaryError({ code: 'bad_case', message, where: `${path}:${line}`, ...(advice && { advice }) });
  };
  const [error] = document.errors;
  if (error !== undefined) {
    const { line } = lines.linePos(error.pos[0]);
    throw new TributaryError({ code: 'bad_case', message: error.message, where: `${path}:${line}` });
  }
  const parsed = file.safeParse(document.toJS());
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const [key] = issue?.code === 'unrecognized_keys' ? issue.keys : [];
    return fail([...(issue?.path ?? []), ...(key === undefined ? [] : [key])], issue?.message ?? 'not a case file');
  }
  const known = new Map(tablesOf(manifest).map(({ name, columns }) => [name, columns]));
  return parsed.data.tests.map((written, index) => {
    const at = ['tests', index];
    for (const [table, rows] of Object.entries(written.given)) {
      if (!model.inputs.includes(table)) {
        fail([...at, 'given', table], `${model.name} does not read ${table}`, likeOne(table, model.inputs));
      }
      requireColumns(rows, known.get(table) ?? [], (line, column, advice) =>
        fail([...at, 'given', table, line, column], `${table} has no column ${column}`, advice),
      );
    }
    const { sql, columns } = stepOf(model, written.cte, known, (message, advice) =>
      fail([...at, 'cte'], message, advice),
    );
    requireColumns(written.expect, columns, (line, column, advice) =>
      fail([...at, 'expect', line, column], `${written.cte ?? model.name} has no column ${column}`, advice),
    );
    const named = new Set(written.expect.flatMap((cells) => Object.keys(cells)));
    return { ...written, sql, columns: named.size === 0 ? columns : columns.filter(({ name }) => named.has(name)) };
  });
}

type Fail = (message: string, advice?: string) => never;

/** What makes the rows of a model, or of one of its steps. */
function stepOf(
  model: CompiledModel,
  step: string | undefined,
  known: ReadonlyMap<string, readonly LakeColumn[]>,
  fail: Fail,
): { readonly sql: string; readonly columns: readonly LakeColumn[] } {
  if (step === undefined) return { sql: model.sql.duckdb, columns: model.columns };
  const query = parseQueryText(model.athenaSql);
  const steps = query.with.map(({ name }) => name.text);
  if (!steps.includes(step)) fail(`${model.name} has no step ${step}`, likeOne(step, steps));
  const select = `${model.athenaSql.slice(0, startOf(query.body))} select * from ${step}`;
  const tables: TableColumns = Object.fromEntries(known);
  return { sql: toDuckDb(select, { tables }), columns: resultColumns(select, tables) };
}

const startOf = (body: QueryBody): number => (body.kind === 'set' ? startOf(body.left) : body.at);

const tablesOf = ({ models, sources }: Manifest) => [
  ...models.map(({ name, columns }) => ({ name, columns: columns.map((column) => ({ ...column })) })),
  ...sources.map(({ name, columns, partitionColumns }) => ({ name, columns: [...columns, ...partitionColumns] })),
];

function requireColumns(
  rows: readonly Readonly<Record<string, unknown>>[],
  columns: readonly LakeColumn[],
  fail: (row: number, column: string, advice: string | undefined) => void,
): void {
  const names = columns.map(({ name }) => name);
  for (const [index, cells] of rows.entries()) {
    const stranger = Object.keys(cells).find((name) => !names.includes(name));
    if (stranger !== undefined) fail(index, stranger, likeOne(stranger, names));
  }
}

function likeOne(name: string, all: readonly string[]): string {
  const like = nearest(name, new Set(all));
  return like === undefined ? `There are: ${all.join(', ')}.` : `Did you mean ${like}?`;
}

/** Where a node stands, or the nearest of those around it that is written in the file. */
function offsetOf(document: Document, path: Path): number {
  let node = document.contents as Node | null | undefined;
  let offset = node?.range?.[0] ?? 0;
  for (const step of path) {
    const target = isAlias(node) ? node.resolve(document) : node;
    if (isMap<unknown, Node>(target)) {
      const pair = target.items.find(({ key }) => isScalar(key) && key.value === step);
      if (!isScalar(pair?.key)) return offset;
      offset = pair.key.range?.[0] ?? offset;
      node = pair.value;
    } else if (isSeq<Node>(target)) {
      node = target.items[Number(step)];
      offset = node?.range?.[0] ?? offset;
    }
  }
  return offset;
}
