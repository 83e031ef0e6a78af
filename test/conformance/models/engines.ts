import { join } from 'node:path';
import { rewrite } from '../../../engine/adapters/athena/rewrite.ts';
import { SPARK_PRELUDE } from '../../../engine/dialect/index.ts';
import { startSpark } from '../spark.ts';
import { startTrino } from '../trino.ts';
import { AS_OF, type Retailer } from './retailer.ts';
import type { ModelStatement } from './statements.ts';

export interface Answer {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly (readonly unknown[])[];
}

/** An engine that runs the statements of models over the retailer's tables. */
export interface ModelEngine {
  run(model: string, statement: ModelStatement): Promise<Answer>;
  stop(): Promise<void>;
}

/** Runs the author's text as the Athena adapter sends it. */
export async function modelsOnTrino({ store, newVersions }: Retailer): Promise<ModelEngine> {
  const { endpoint, directory } = store;
  const trino = await startTrino({ endpoint, directory: join(directory, 'trino'), onProgress: console.info });
  return {
    run(model, { sql, ofNewVersion }) {
      const version = ofNewVersion ? newVersions.get(model)?.name : undefined;
      return trino.query(rewrite(sql.athena, new Map(version === undefined ? [] : [[model, version]]), AS_OF));
    },
    stop: trino.stop,
  };
}

export async function modelsOnSpark({ store, inputs, newVersions }: Retailer): Promise<ModelEngine> {
  const { endpoint, directory } = store;
  const spark = await startSpark({
    endpoint,
    directory: join(directory, 'spark'),
    // Rows are few and statements wide: compiling them takes longer than interpreting them.
    settings: {
      'spark.sql.codegen.wholeStage': 'false',
      'spark.sql.shuffle.partitions': '1',
      // Nothing is published any more.
      'spark.sql.catalog.glue.cache-enabled': 'true',
    },
    onProgress: console.info,
  });
  const show = (name: string, table: string) =>
    spark.query(`create or replace temporary view \`${name}\` as select * from glue.${table}`);
  for (const statement of [...SPARK_PRELUDE, `set tributary.as_of=${AS_OF}`]) await spark.query(statement);
  for (const name of inputs.keys()) await show(name, name);
  return {
    async run(model, { sql, ofNewVersion }) {
      const version = newVersions.get(model)?.name;
      if (version !== undefined) await show(model, ofNewVersion ? version : model);
      return spark.query(sql.spark);
    },
    stop: spark.stop,
  };
}
