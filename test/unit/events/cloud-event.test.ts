import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeEvent } from '../../../events/cloud-event.ts';
import { posTransactions } from '../../../events/contracts/pos-transactions.ts';
import { posEvent } from '../../fixtures/pos-event.ts';

const decode = (event: unknown) => decodeEvent(Buffer.from(JSON.stringify(event)));

const problemOf = (bytes: Buffer) => {
  const event = decodeEvent(bytes);
  return 'problem' in event ? event.problem : undefined;
};

describe('decoding CloudEvents', () => {
  it('finds the contract, the id and the data', () => {
    expect(decode(posEvent())).toMatchObject({ contract: posTransactions, id: 'e-1', data: { quantity: 2 } });
  });

  it.each([
    ['not JSON', Buffer.from('{"a":'), 'not_json'],
    ['not UTF-8', Buffer.from([0x22, 0xff, 0x22]), 'invalid_utf8'],
    ['JSON, but no object', Buffer.from('[]'), 'not_an_object'],
    ['nested without end', Buffer.from(`${'{"a":'.repeat(200)}1${'}'.repeat(200)}`), 'nested_too_deep'],
    ['too large', Buffer.from(JSON.stringify(posEvent({ note: 'x'.repeat(256 * 1024) }))), 'event_too_large'],
  ])('refuses bytes that are %s', (_, bytes, code) => {
    expect(problemOf(bytes)?.code).toBe(code);
  });

  it.each([
    [{ specversion: '0.3' }, 'not_a_cloudevent'],
    [{ id: '' }, 'not_a_cloudevent'],
    [{ source: undefined }, 'not_a_cloudevent'],
    [{ type: 7 }, 'not_a_cloudevent'],
    [{ time: 'noon' }, 'not_a_cloudevent'],
    [{ datacontenttype: 'text/xml' }, 'not_a_cloudevent'],
    [{ type: 'com.example.other' }, 'unknown_type'],
    [{ dataschema: 'urn:tributary:pos_transactions:v99' }, 'unknown_version'],
    [{ dataschema: undefined }, 'unknown_version'],
    [{ data: 'text' }, 'not_an_object'],
    [{ data: undefined }, 'not_an_object'],
  ])('refuses an event with %j as %s', (attributes, code) => {
    expect(decode(posEvent(attributes))).toMatchObject({ problem: { code } });
  });

  it('says all that is wrong with the attributes, and keeps what it could read', () => {
    const refused = decode(posEvent({ specversion: '2', source: '', time: 5 }));
    expect(refused).toMatchObject({ contract: posTransactions, id: 'e-1', data: { quantity: 2 } });
    expect('problem' in refused && refused.problem.message).toBe(
      'not a CloudEvent: specversion must be "1.0"; source must be a text that is not empty; time must be an RFC 3339 timestamp',
    );
  });

  it('takes an event without the optional time', () => {
    expect(decode(posEvent({ time: undefined }))).toMatchObject({ id: 'e-1' });
  });

  it('never throws, whatever the bytes', () => {
    const bytes = fc.oneof(
      fc.uint8Array(),
      fc.json().map((text) => Buffer.from(text)),
      fc
        .dictionary(fc.constantFrom(...Object.keys(posEvent())), fc.jsonValue())
        .map((event) => Buffer.from(JSON.stringify(posEvent(event)))),
    );
    fc.assert(
      fc.property(bytes, (content) => {
        expect(decodeEvent(Buffer.from(content))).toBeDefined();
      }),
    );
  });
});
