import { describe, expect, it } from 'vitest';
import { crmCustomers } from '../../../events/contracts/crm-customers.ts';
import { erpProducts } from '../../../events/contracts/erp-products.ts';
import { contracts } from '../../../events/contracts/index.ts';
import { retailInvoices } from '../../../events/contracts/retail-invoices.ts';
import { comparableName } from '../../../events/validator/field-names.ts';
import { columnLayout, objectLayout, quarantinedText } from '../../../events/validator/layout.ts';

const nameAt = Object.keys(erpProducts.fields).indexOf('name');

describe('columns of a file', () => {
  it('prefer a field’s own name to its aliases', () => {
    const layout = columnLayout(erpProducts, ['description', 'name', 'product_id', 'updated_at']);
    expect(layout.values(['long text', 'Milk', '1', ''])[nameAt]).toBe('Milk');
    expect(layout.extra(['long text', 'Milk', '1', ''])).toBe('{"description":"long text"}');
  });

  it('are found by alias', () => {
    const layout = columnLayout(erpProducts, ['product_id', 'product_name', 'updated_at']);
    expect(layout.values(['1', 'Milk', ''])[nameAt]).toBe('Milk');
    expect(layout.extra(['1', 'Milk', ''])).toBeNull();
  });

  it('are named when they are required and missing', () => {
    expect(columnLayout(erpProducts, ['name']).missing).toEqual(['product_id', 'updated_at']);
  });
});

describe('fields of an object', () => {
  const layout = objectLayout(erpProducts);

  it('prefer a field’s own name to its aliases', () => {
    const record = { description: 'long text', name: 'Milk', product_id: 1 };
    expect(layout.values(record)[nameAt]).toBe('Milk');
    expect(layout.extra(record)).toBe('{"description":"long text"}');
  });

  it('keep unknown values of any shape, without blanks', () => {
    expect(layout.extra({ product_id: 1, tags: ['a', { b: 2 }], note: '', seen: null, count: 9007199254740993n })).toBe(
      '{"tags":["a",{"b":2}],"count":"9007199254740993"}',
    );
  });
});

describe('names that differ in case, blanks and punctuation', () => {
  const invoices = ['Invoice No', 'STOCKCODE', ' quantity '];
  const at = (name: string) => Object.keys(retailInvoices.fields).indexOf(name);

  it('are those of fields and aliases, in files and in objects', () => {
    const columns = columnLayout(retailInvoices, invoices).values(['536365', '85123A', '6']);
    const record = { 'Invoice No': '536365', STOCKCODE: '85123A', ' quantity ': '6' };
    const layout = objectLayout(retailInvoices);
    for (const values of [columns, layout.values(record)]) {
      expect([values[at('invoice_no')], values[at('stock_code')], values[at('quantity')]]).toEqual([
        '536365',
        '85123A',
        '6',
      ]);
    }
    expect(layout.extra(record)).toBeNull();
  });

  it('give way to the name itself, and are then unknown', () => {
    const layout = objectLayout(erpProducts);
    for (const record of [
      { NAME: 'loud', name: 'Milk' },
      { name: 'Milk', NAME: 'loud' },
    ]) {
      expect(layout.values(record)[nameAt]).toBe('Milk');
      expect(layout.extra(record)).toBe('{"NAME":"loud"}');
    }
  });

  it.each(contracts.map((contract) => [contract.source, contract] as const))(
    'stand for one field of %s at most',
    (_, { fields }) => {
      const names = Object.entries(fields).map(
        ([name, { aliases = [] }]) => new Set([name, ...aliases].map(comparableName)),
      );
      const all = names.flatMap((of) => [...of]);
      expect(new Set(all).size).toBe(all.length);
    },
  );
});

describe('sources that may send personal data', () => {
  it('show no personal and no unknown value to people', () => {
    const record = { household_id: '1', age: '65+', email: 'jane@example.com' };
    expect(quarantinedText(crmCustomers, JSON.stringify(record), record)).toBe(
      '{"household_id":"1","age":"65+","email":null}',
    );
    expect(quarantinedText(crmCustomers, '1,65+,jane@example.com,', undefined)).toBeNull();
  });

  it('does not touch records of other sources', () => {
    expect(quarantinedText(erpProducts, '1,2,3', undefined)).toBe('1,2,3');
  });
});
