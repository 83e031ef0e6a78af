import type { Contract, StreamName } from '../events/contracts/contract.ts';
import { contracts, dataSchemaOf } from '../events/contracts/index.ts';
import { type JsonSchema, jsonSchema } from '../events/contracts/json-schema.ts';

/** The document's path from the repository's root. */
export const ASYNCAPI = 'docs/asyncapi.json';

/** Path of the JSON Schema of a source's records. */
export const schemaPath = ({ source }: Contract): string => `docs/schemas/${source}.json`;

type Streamed = Contract & {
  readonly transport: { readonly stream: { readonly stream: StreamName; readonly type: string } };
};

const isStreamed = (contract: Contract): contract is Streamed => contract.transport.stream !== undefined;

/** The event streams as AsyncAPI 3.0: which events each carries, with their envelope and data. Same contracts, same text. */
export function asyncApi(): string {
  const streamed = contracts.filter(isStreamed);
  const streams = [...Map.groupBy(streamed, ({ transport }) => transport.stream.stream)].sort(([a], [b]) =>
    a < b ? -1 : 1,
  );
  const document = {
    asyncapi: '3.0.0',
    info: {
      title: 'Tributary event streams',
      version: '1.0.0',
      description:
        'CloudEvents 1.0 in structured JSON on Kinesis. `type` names the contract and `dataschema` its version. Generated from the contracts; do not edit.',
      license: { name: 'Apache-2.0' },
    },
    defaultContentType: 'application/cloudevents+json',
    channels: Object.fromEntries(streams.map(([stream, members]) => [stream, channel(stream, members)])),
    operations: Object.fromEntries(
      streams.map(([stream]) => [
        `take-in-${stream}`,
        { action: 'receive', channel: { $ref: `#/channels/${stream}` } },
      ]),
    ),
    components: {
      messages: Object.fromEntries(streamed.map((contract) => [contract.source, message(contract)])),
      schemas: Object.fromEntries(streamed.map((contract) => [contract.source, inDocument(jsonSchema(contract))])),
    },
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

const channel = (stream: string, members: readonly Streamed[]) => ({
  address: stream,
  messages: Object.fromEntries(members.map(({ source }) => [source, { $ref: `#/components/messages/${source}` }])),
});

const message = (contract: Streamed) => ({
  name: contract.transport.stream.type,
  title: contract.source,
  summary: contract.description,
  tags: [{ name: contract.owner }],
  payload: cloudEvent(contract),
});

const cloudEvent = (contract: Streamed): JsonSchema => ({
  type: 'object',
  required: ['specversion', 'id', 'source', 'type', 'dataschema', 'data'],
  properties: {
    specversion: { const: '1.0' },
    id: { type: 'string', minLength: 1, description: 'Unique within the source; a repeated delivery keeps it' },
    source: { type: 'string', minLength: 1, description: 'System that the event comes from' },
    type: { const: contract.transport.stream.type },
    dataschema: { const: dataSchemaOf(contract) },
    time: { type: 'string', format: 'date-time', description: 'When it happened' },
    subject: { type: 'string' },
    datacontenttype: { const: 'application/json' },
    data: { $ref: `#/components/schemas/${contract.source}` },
  },
});

/** Within an AsyncAPI document a schema has no dialect and no address of its own. */
function inDocument({ $schema, $id, ...schema }: JsonSchema): JsonSchema {
  return schema;
}

/** The JSON Schema of a source as a file. */
export const schemaText = (contract: Contract): string => `${JSON.stringify(jsonSchema(contract), null, 2)}\n`;
