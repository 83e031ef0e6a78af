import { hashOf } from '../hash.ts';
import type { CompiledModel } from '../manifest.ts';
import type { BuildRecord } from '../run.ts';

const NAMESPACE = 'tributary';
const PRODUCER = 'urn:tributary';
const FACET_SCHEMAS = 'https://openlineage.io/spec/facets';

/** An OpenLineage run event: which versions a build read, and where each of its columns comes from. */
export function lineageEvent(model: CompiledModel, record: BuildRecord): Readonly<Record<string, unknown>> {
  const facet = (schema: string) => ({ _producer: PRODUCER, _schemaURL: `${FACET_SCHEMAS}/${schema}` });
  return {
    eventType: record.status === 'failed' ? 'FAIL' : 'COMPLETE',
    eventTime: new Date(Date.parse(record.startedAt) + record.seconds * 1000).toISOString(),
    producer: PRODUCER,
    schemaURL: 'https://openlineage.io/spec/2-0-2/OpenLineage.json',
    run: { runId: uuidOf(`${record.runId} ${record.model}`) },
    job: { namespace: NAMESPACE, name: model.name },
    inputs: record.inputs.map(({ table, version }) => ({
      namespace: NAMESPACE,
      name: table,
      facets: { version: { ...facet('1-0-1/DatasetVersionDatasetFacet.json'), datasetVersion: version } },
    })),
    outputs: [
      {
        namespace: NAMESPACE,
        name: model.name,
        facets: {
          columnLineage: { ...facet('1-2-0/ColumnLineageDatasetFacet.json'), fields: columnFields(model) },
          ...(record.snapshotId === null
            ? {}
            : { version: { ...facet('1-0-1/DatasetVersionDatasetFacet.json'), datasetVersion: record.snapshotId } }),
        },
      },
    ],
  };
}

const columnFields = ({ lineage }: CompiledModel) =>
  Object.fromEntries(
    lineage.map(({ column, from }) => [
      column,
      { inputFields: from.map(({ table, column: field }) => ({ namespace: NAMESPACE, name: table, field })) },
    ]),
  );

/** OpenLineage wants a UUID per run of a job; the same build always has the same one. */
function uuidOf(text: string): string {
  const hash = hashOf(text);
  // Version 8: a UUID of one's own making.
  return [
    hash.slice(0, 8),
    hash.slice(8, 12),
    `8${hash.slice(13, 16)}`,
    `8${hash.slice(17, 20)}`,
    hash.slice(20, 32),
  ].join('-');
}
