import { describe, expect, it } from 'vitest';
import { contractByEventType, contractOf, contracts, dataSchemaOf } from '../../../events/contracts/index.ts';
import { jsonSchema } from '../../../events/contracts/json-schema.ts';
import { bronzeColumns } from '../../../events/contracts/personal.ts';
import { posTransactions } from '../../../events/contracts/pos-transactions.ts';
import { bronzeTable, QUARANTINE_TABLE } from '../../../events/contracts/tables.ts';

describe.each(contracts.map((contract) => [contract.source, contract] as const))('%s', (source, contract) => {
  it('is found by its name and by its event type', () => {
    expect(contractOf(source)).toBe(contract);
    const { stream } = contract.transport;
    if (stream) expect(contractByEventType(stream.type)).toBe(contract);
  });

  it('identifies rows by required fields', () => {
    for (const name of [...contract.key, contract.versionColumn, contract.eventTimeColumn]) {
      expect(contract.fields[name]?.required, name).toBe(true);
    }
    expect(contract.fields[contract.eventTimeColumn]?.type.kind).toBe('timestamp');
  });

  it('names each field once, aliases included, and no envelope column', () => {
    const all = Object.entries(contract.fields).flatMap(([name, { aliases = [] }]) => [name, ...aliases]);
    expect(new Set(all).size).toBe(all.length);
    expect(all.filter((name) => !/^[a-z][a-z0-9_]*$/.test(name))).toEqual([]);
  });

  it('lets synonyms stand for allowed values, and exceptions hang on fields that exist', () => {
    for (const { synonyms = {}, values = [], boundsWhere } of Object.values(contract.fields)) {
      for (const value of Object.values(synonyms)) expect(values).toContain(value);
      if (boundsWhere)
        expect(contract.fields[boundsWhere.field]?.values).toEqual(expect.arrayContaining([...boundsWhere.values]));
    }
  });

  it('has a bronze table with its fields and the envelope', () => {
    const table = bronzeTable(contract);
    expect(table.columns.map(({ name }) => name)).toEqual([
      ...bronzeColumns(contract).map(({ name }) => name),
      '_event_id',
      '_event_time',
      '_ingested_at',
      '_origin',
      '_position',
      '_contract_version',
      '_subject',
      '_extra',
    ]);
    expect(table.columns.every(({ description }) => description !== '')).toBe(true);
    expect(QUARANTINE_TABLE.partitions[0]).toMatchObject({ values: expect.arrayContaining([source, 'unknown']) });
  });
});

describe('JSON Schema', () => {
  it('says what a producer of sales lines must send', () => {
    const schema = jsonSchema(posTransactions);
    expect(schema).toMatchObject({
      $id: 'urn:tributary:pos_transactions:v1',
      required: expect.arrayContaining(['transaction_id', 'quantity']),
      properties: {
        total_amount: { type: 'number', multipleOf: 0.01 },
        customer_id: { type: ['string', 'null'] },
        channel: { enum: ['online', 'in_store', 'app', 'mobile', 'in-store'] },
        transaction_at: { type: 'string', format: 'date-time' },
      },
    });
    expect(schema.$id).toBe(dataSchemaOf(posTransactions));
  });

  it('tells the bounds of quantities by the state of the order', () => {
    expect(jsonSchema(posTransactions).allOf).toContainEqual({
      if: { properties: { order_status: { enum: ['cancelled', 'returned'] } }, required: ['order_status'] },
      // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
      then: { properties: { quantity: { minimum: -1000, maximum: 1000 } } },
      else: { properties: { quantity: { minimum: 1, maximum: 1000 } } },
    });
  });
});
