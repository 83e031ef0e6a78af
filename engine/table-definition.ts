import type { TableDefinition } from './iceberg/index.ts';
import type { CompiledModel } from './manifest.ts';

/** Buckets of the layers that hold tables. */
export type LayerBuckets = Readonly<Record<'silver' | 'gold', string>>;

/** What the table of a model of silver or gold must look like, and where it lies: `s3://<bucket>/<table>`. */
export function tableDefinition(model: CompiledModel, buckets: LayerBuckets): TableDefinition {
  const [database = '', table = ''] = model.name.split('.');
  const bucket = model.layer === 'silver' ? buckets.silver : buckets.gold;
  return {
    database,
    table,
    location: `s3://${bucket}/${table}`,
    columns: model.columns,
    partitionBy: model.partitionBy,
    sortBy: model.sortBy,
    description: model.description,
  };
}
