import { describe, expect, it } from 'vitest';
import type { Contract } from '../../../events/contracts/contract.ts';
import { crmCustomers } from '../../../events/contracts/crm-customers.ts';
import { ecommerceCustomers } from '../../../events/contracts/ecommerce-customers.ts';
import { ecommerceOrders } from '../../../events/contracts/ecommerce-orders.ts';
import { contracts } from '../../../events/contracts/index.ts';
import { pageViews } from '../../../events/contracts/page-views.ts';
import { bronzeColumns, hasPersonalFields } from '../../../events/contracts/personal.ts';
import { posTransactions } from '../../../events/contracts/pos-transactions.ts';
import { productReviews } from '../../../events/contracts/product-reviews.ts';
import { supportTickets } from '../../../events/contracts/support-tickets.ts';
import { BronzeBatch } from '../../../events/intake/bronze.ts';
import { decrypt } from '../../../events/privacy/cipher.ts';
import { objectLayout } from '../../../events/validator/layout.ts';
import { MemoryKeys } from '../../fixtures/memory-keys.ts';
import { posLine } from '../../fixtures/pos-line.ts';

type Fields = Readonly<Record<string, unknown>>;
type Cells = Readonly<Record<string, unknown>>;

/** What bronze has of records. */
async function bronze(contract: Contract, records: readonly Fields[], keys = new MemoryKeys(), eventId = 'e-1') {
  const batch = new BronzeBatch(contract, records.length);
  const layout = objectLayout(contract);
  for (const [at, record] of records.entries()) {
    const envelope = { eventId, position: String(at), ingestedAt: 0, extra: layout.extra(record) };
    expect(batch.push(layout.values(record), envelope)).toEqual([]);
  }
  const columns = await batch.columns('origin', keys);
  const rows = records.map(
    (_, row): Cells => Object.fromEntries(columns.map(({ name, data }) => [name, data[row] ?? null])),
  );
  return { keys, rows, first: rows[0] ?? {}, names: columns.map(({ name }) => name) };
}

const jane = {
  customer_id: 'C1',
  email: 'Jane.Doe@Example.com',
  first_name: 'Jane',
  last_name: 'Doe',
  phone: '020 7946 0958',
  address_line: '12 High Street',
  postcode: 'LS1 4AP',
  birth_date: '1980-02-29',
  country: 'GB',
  updated_at: '2026-01-01T00:00:00Z',
};

async function readAgain(keys: MemoryKeys, source: string, row: Cells, field: string, column = `${field}_encrypted`) {
  const subject = String(row._subject);
  const key = (await keys.find(new Set([subject]))).get(subject);
  return decrypt(String(row[column]), key, { source, field, subject });
}

describe('a record with personal fields', () => {
  it('has none of their values in bronze, but what stands for them', async () => {
    const { first, names } = await bronze(crmCustomers, [jane]);
    expect(names.slice(0, -8)).toEqual(bronzeColumns(crmCustomers).map(({ name }) => name));
    expect(first).toMatchObject({
      customer_id: 'C1',
      email_domain: 'example.com',
      email_is_valid: true,
      phone_is_valid: true,
      postcode_area: 'LS',
      birth_date_year: 1980,
      _event_id: 'e-1',
    });
    const everything = JSON.stringify(first, (_, value) => (typeof value === 'bigint' ? String(value) : value));
    for (const value of ['jane', 'doe', '7946', 'high street', '4ap', '1980-02']) {
      expect(everything.toLowerCase()).not.toContain(value);
    }
  });

  it('can be read again with the key of its subject', async () => {
    const { keys, first } = await bronze(crmCustomers, [{ ...jane, nickname: 'Janie' }]);
    for (const field of [
      'email',
      'first_name',
      'last_name',
      'phone',
      'address_line',
      'postcode',
      'birth_date',
    ] as const) {
      expect(await readAgain(keys, 'crm_customers', first, field)).toBe(jane[field]);
    }
    expect(await readAgain(keys, 'crm_customers', first, '_extra', '_extra')).toBe('{"nickname":"Janie"}');
  });

  it('has the tokens that other sources have for the same values', async () => {
    const account = { ...jane, email: ' jane.doe@example.com', first_name: 'JANE', phone: '+442079460958' };
    const { first: crm } = await bronze(crmCustomers, [jane]);
    const { first: shop } = await bronze(ecommerceCustomers, [account]);
    for (const field of ['email', 'first_name', 'phone', 'postcode', 'address_line']) {
      expect(shop[`${field}_token`]).toBe(crm[`${field}_token`]);
      expect(shop[`${field}_encrypted`]).not.toBe(crm[`${field}_encrypted`]);
    }
    expect(shop._subject).not.toBe(crm._subject);
  });

  it('is written in the same bytes whenever it comes again', async () => {
    const keys = new MemoryKeys();
    const once = await bronze(crmCustomers, [jane, { ...jane, customer_id: 'C2' }], keys);
    const again = await bronze(crmCustomers, [jane], keys);
    expect(again.first).toEqual(once.first);
    expect(once.rows[1]?.email_token).toBe(once.first.email_token);
    expect(once.rows[1]?.email_encrypted).not.toBe(once.first.email_encrypted);
  });

  it('tells what is wrong with an address without repeating it', async () => {
    const { first } = await bronze(crmCustomers, [{ ...jane, email: 'jane@doe@example.com', phone: 'none' }]);
    expect(first).toMatchObject({ email_domain: null, email_is_valid: false, phone_is_valid: false });
  });

  it('has nulls where it has no values, and needs no key then', async () => {
    const { keys, first } = await bronze(crmCustomers, [{ customer_id: 'C1', updated_at: '2026-01-01' }]);
    expect(first).toMatchObject({ email_token: null, email_encrypted: null, email_is_valid: null, _extra: null });
    expect(first._subject).toMatch(/^[\w-]{22}$/);
    expect(keys.made.size).toBe(0);
  });

  it('has an id that says nobody’s name', async () => {
    const { first } = await bronze(crmCustomers, [jane], new MemoryKeys(), 'crm:jane.doe@example.com:1');
    expect(first._event_id).toMatch(/^[\w-]{22}$/);
    const { first: second } = await bronze(crmCustomers, [jane], new MemoryKeys(), 'crm:Jane:1');
    expect(second._event_id).toMatch(/^[\w-]{22}$/);
    expect(second._event_id).not.toBe(first._event_id);
  });
});

describe('the subject of a record', () => {
  const ticket = { ticket_id: 'T1', status: 'open', created_at: '2026-01-01', updated_at: '2026-01-01' };

  it('is its source and id, else its e-mail address, else the record', async () => {
    const { rows } = await bronze(supportTickets, [
      { ...ticket, customer_id: '7', requester_email: 'a@example.com' },
      { ...ticket, customer_id: '7', requester_email: 'b@example.com' },
      { ...ticket, requester_email: 'a@example.com' },
      { ...ticket, ticket_id: 'T2', requester_email: 'A@EXAMPLE.com' },
      { ...ticket, ticket_id: 'T3' },
      { ...ticket, ticket_id: 'T4' },
    ]);
    const [byId, sameId, byEmail, sameEmail, record, other] = rows.map(({ _subject }) => _subject);
    expect(sameId).toBe(byId);
    expect(sameEmail).toBe(byEmail);
    expect(new Set([byId, byEmail, record, other]).size).toBe(4);
  });

  it('is the same in all sources where it is told by the e-mail address', async () => {
    const order = { order_id: 'O1', channel: 'web', order_status: 'pending', total_amount: 1, currency: 'GBP' };
    const times = { ordered_at: '2026-01-01', updated_at: '2026-01-01' };
    const { first: asked } = await bronze(supportTickets, [{ ...ticket, requester_email: 'a@example.com' }]);
    const { first: ordered } = await bronze(ecommerceOrders, [{ ...order, ...times, email: 'A@example.com' }]);
    expect(ordered._subject).toBe(asked._subject);
  });

  it('is null where a source sends nothing personal', async () => {
    const { first, keys } = await bronze(posTransactions, [{ ...posLine, colour: 'red' }]);
    expect(first).toMatchObject({ _subject: null, _extra: '{"colour":"red"}' });
    expect(keys.made.size).toBe(0);
  });
});

describe('an erased subject', () => {
  it('gets no key and leaves no value, others in its batch do', async () => {
    const keys = new MemoryKeys();
    const { first } = await bronze(crmCustomers, [jane], keys);
    keys.erased.add(String(first._subject));
    const { rows } = await bronze(
      crmCustomers,
      [
        { ...jane, nickname: 'J' },
        { ...jane, customer_id: 'C2' },
      ],
      keys,
    );
    const kept = Object.entries(rows[0] ?? {}).filter(
      ([name, value]) => /_(token|encrypted|domain|is_valid|area|year)$|_extra/.test(name) && value !== null,
    );
    expect(kept).toEqual([]);
    expect(rows[0]).toMatchObject({ customer_id: 'C1', _subject: first._subject });
    expect(rows[1]).toMatchObject({ email_domain: 'example.com' });
  });
});

describe('free texts', () => {
  it('are kept encrypted, and shown without the personal values of their record', async () => {
    const message = 'Hi, Jane Doe here (jane.doe@example.com, 020 7946 0958). Where is order 4711?';
    const { first, keys } = await bronze(supportTickets, [
      {
        ticket_id: 'T1',
        customer_id: '7',
        requester_name: 'Jane Doe',
        requester_email: 'jane.doe@example.com',
        message,
        status: 'open',
        created_at: '2026-01-01',
        updated_at: '2026-01-01',
      },
    ]);
    expect(first.message_redacted).toBe('Hi, [name] here ([email], [phone]). Where is order 4711?');
    expect(await readAgain(keys, 'support_tickets', first, 'message')).toBe(message);
  });

  it('of authors who gave no name are redacted by what they hold', async () => {
    const { first } = await bronze(productReviews, [
      {
        review_id: 'R1',
        product_id: 'P1',
        rating: 5,
        review_text: 'Ask me: x@example.com',
        created_at: '2026-01-01',
        updated_at: '2026-01-01',
      },
    ]);
    expect(first.review_text_redacted).toBe('Ask me: [email]');
  });
});

describe('page views', () => {
  it('need no keys: an address has a token and its network', async () => {
    const view = { event_id: 'v', event_type: 'page_view', session_id: 's', visitor_id: 'x', channel: 'web' };
    const { first, keys } = await bronze(pageViews, [
      { ...view, ip_address: '203.0.113.77', viewed_at: '2026-01-01T00:00:00Z' },
    ]);
    expect(first.ip_address_network).toBe('203.0.113.0/24');
    expect(first.ip_address_token).toMatch(/^[\w-]{22}$/);
    expect(keys.made.size).toBe(0);
  });
});

describe('every contract with personal fields', () => {
  const personal = contracts.filter(hasPersonalFields).map((contract) => [contract.source, contract] as const);

  it.each(personal)('%s: is told whom its records are about by a field', (_, { subject, fields }) => {
    expect(subject === undefined ? undefined : fields[subject]?.type).toEqual({ kind: 'string' });
  });
});
