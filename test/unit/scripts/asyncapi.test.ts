import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { contracts } from '../../../events/contracts/index.ts';
import { ASYNCAPI, asyncApi, schemaPath, schemaText } from '../../../scripts/asyncapi.ts';
import { posEvent } from '../../fixtures/pos-event.ts';

const ROOT = join(import.meta.dirname, '../../..');

describe('docs/asyncapi.json', () => {
  const document = JSON.parse(asyncApi());

  it('is up to date, as are the schemas; `npm run docs` writes them', async () => {
    expect(await readFile(join(ROOT, ASYNCAPI), 'utf8')).toBe(asyncApi());
    for (const contract of contracts) {
      expect(await readFile(join(ROOT, schemaPath(contract)), 'utf8')).toBe(schemaText(contract));
    }
    expect(await readdir(join(ROOT, 'docs/schemas'))).toHaveLength(contracts.length);
  });

  it('has each event on its stream', () => {
    const onStreams = Object.entries<{ messages: object }>(document.channels).flatMap(([stream, { messages }]) =>
      Object.keys(messages).map((source) => [source, stream]),
    );
    const streamed = contracts.flatMap(({ source, transport: { stream } }) =>
      stream ? [[source, stream.stream]] : [],
    );
    expect(onStreams.sort()).toEqual(streamed.sort());
    expect(streamed.length).toBeGreaterThan(8);
  });

  it('refers to nothing that it does not hold', () => {
    const references = [...asyncApi().matchAll(/"\$ref": "#\/([^"]+)"/g)].map(([, path = '']) => path.split('/'));
    expect(references.length).toBeGreaterThan(0);
    for (const path of references) {
      expect(path.reduce<unknown>((at, name) => Object(at)[name], document)).toBeTypeOf('object');
    }
  });

  it('describes the envelope that events have', () => {
    const { properties, required } = document.components.messages.pos_transactions.payload;
    const event = posEvent();
    expect(Object.keys(event).filter((name) => !(name in properties))).toEqual([]);
    expect(required.filter((name: string) => !(name in event))).toEqual([]);
    expect(event.type).toBe(properties.type.const);
    expect(event.dataschema).toBe(properties.dataschema.const);
  });
});
