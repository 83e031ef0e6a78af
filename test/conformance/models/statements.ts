import { resultColumns, type TableColumns } from '../../../engine/dialect/index.ts';
import type { CompiledModel, SqlByEngine } from '../../../engine/manifest.ts';

/** One SELECT of a model, and what is compared of its rows. */
export interface ModelStatement {
  readonly title: string;
  readonly sql: SqlByEngine;
  /** Its columns with Athena's types. */
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  /** Whether it reads, under the model's name, the version before rows were set aside. */
  readonly ofNewVersion: boolean;
}

/** Every SELECT that the manifest has for a model; its samples of failing rows are counted, since any rows will do. */
export function statementsOf(model: CompiledModel, tables: TableColumns): readonly ModelStatement[] {
  const { audit, sql } = model;
  const statement = (
    title: string,
    text: SqlByEngine | null | undefined,
    ofNewVersion = true,
  ): readonly ModelStatement[] =>
    text === null || text === undefined
      ? []
      : [
          {
            title,
            sql: text,
            columns: resultColumns(text.athena, tables),
            ofNewVersion,
          },
        ];
  return [
    ...statement('rows', { ...sql, athena: model.athenaSql }, false),
    ...statement('audit', audit.sql),
    ...statement('audit of rows', audit.partial?.ofRows),
    ...statement('audit of the table', audit.partial?.ofTable),
    ...statement('rows kept', audit.quarantine?.keep),
    ...statement('rows set aside', audit.quarantine?.setAside),
    ...statement('samples', counted(audit.samples.flatMap((sample) => sample ?? []))),
  ];
}

/** How many rows each of several SELECTs gives. */
function counted(samples: readonly SqlByEngine[]): SqlByEngine | undefined {
  if (samples.length === 0) return undefined;
  const count = (engine: keyof SqlByEngine): string =>
    samples
      .map((sample, index) => `select ${index} as sample, count(*) as n from (${sample[engine]}\n) as s`)
      .join(' union all ');
  return { athena: count('athena'), duckdb: count('duckdb'), spark: count('spark') };
}
