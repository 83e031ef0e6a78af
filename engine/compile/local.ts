import type { Model } from '../model.ts';
import { unitOf } from '../partitions.ts';
import { compileError } from './errors.ts';
import type { Header } from './header.ts';
import type { InputIndex } from './kinds.ts';
import { followRows } from './locality.ts';
import type { Statement } from './syntax.ts';

type Judged = Pick<Model, 'partitionBy' | 'partitionsFrom' | 'merge'>;

/**
 * Makes sure that a part of the table can be built from a part of its inputs, with the rows that a full build would
 * give. Throws `not_local` at what stands against it.
 */
export function checkLocality(header: Header, model: Judged, statement: Statement, index: InputIndex): void {
  if (model.partitionsFrom.length > 0) checkPartitions(header, model, statement);
  if (model.merge !== undefined) checkMerge(statement, index);
}

function checkPartitions(header: Header, { partitionBy, partitionsFrom }: Judged, statement: Statement): void {
  const [by] = partitionBy;
  if (header.fields.local_because !== undefined || by === undefined) return;
  const unit = unitOf(by.transform);
  const columns = followRows({
    statement,
    driven: new Map(partitionsFrom.map(({ table, ...input }) => [table, input])),
    unit,
    why: 'brings rows of several partitions together',
    advice:
      'Let it include the partition’s column or all columns of a declared key, declare a lookback or a key in ' +
      'partitions_from, use kind: table, or say in local_because why each partition has all rows it needs.',
  });
  const partition = columns[header.fields.columns.findIndex(({ name }) => name === by.column)];
  if (partition?.isPartition === true) return;
  const from = partitionsFrom.map(({ table, column }) => `${table}.${column}`).join(' or ');
  throw compileError(
    'not_local',
    header.placeOf(['partition_by', 0]),
    `it cannot be seen that ${by.column} lies in the same ${unit} as ${from}`,
    'Take the column over as it is, or by a cast, date_trunc, min or max; or say in local_because why it does.',
  );
}

function checkMerge(statement: Statement, { tables, partitionings }: InputIndex): void {
  const sources = [...tables.keys()].filter((table) => !partitionings.has(table));
  followRows({
    statement,
    driven: new Map(sources.map((table) => [table, { column: undefined, key: [], lookback: 0 }])),
    unit: undefined,
    why: 'brings several rows of a source together, of which a merge sees only the new ones',
    advice: 'A merged model makes each row from one row of one source; the last version of each key is chosen for it.',
  });
}
