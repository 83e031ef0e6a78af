import { describe, expect, it } from 'vitest';
import { decodeEvent } from '../../../events/cloud-event.ts';
import { breakingChanges } from '../../../events/contracts/compatibility.ts';
import { type Contract, defineContract, type Field } from '../../../events/contracts/contract.ts';
import { email, id, integer, money, text, timestamp } from '../../../events/contracts/field.ts';
import { releaseOf } from '../../../events/contracts/release.ts';
import { upcastFrom } from '../../../events/contracts/upcast.ts';
import { problems, readReleases, unreleased } from '../../../scripts/contracts.ts';

const parcels = defineContract({
  source: 'parcels',
  version: 1,
  description: 'Parcels',
  owner: 'tests',
  key: ['parcel_id'],
  versionColumn: 'updated_at',
  eventTimeColumn: 'updated_at',
  subject: 'parcel_id',
  transport: { stream: { stream: 'operations-events', type: 'com.example.parcel' } },
  fields: {
    parcel_id: id('Parcel', { required: true, aliases: ['number'] }),
    email: email('Address'),
    state: text('State', { values: ['new', 'sent'], synonyms: { NEW: 'new' } }),
    weight: integer('Weight', { min: 0, max: 100 }),
    cost: money('Cost'),
    updated_at: timestamp('Changed', { required: true }),
  },
});

const with_ = (changes: Partial<Contract>): Contract => ({ ...parcels, ...changes });
const withField = (name: string, field: Field | undefined): Contract => {
  const { [name]: _, ...others } = parcels.fields as Contract['fields'];
  return with_({ fields: field ? { ...others, [name]: field } : others });
};

describe('a change of a released version', () => {
  it.each<[string, Contract]>([
    ['nothing', parcels],
    ['a new description', withField('cost', money('What it costs'))],
    ['an optional field more', withField('colour', text('Colour'))],
    ['a value more', withField('state', text('State', { values: ['new', 'sent', 'lost'], synonyms: { NEW: 'new' } }))],
    ['any value', withField('state', text('State'))],
    ['wider bounds', withField('weight', integer('Weight', { min: -1 }))],
    ['an optional key field', withField('parcel_id', id('Parcel', { aliases: ['number', 'no'] }))],
  ])('may be %s', (_, current) => {
    expect(breakingChanges(releaseOf(parcels), current)).toEqual([]);
  });

  it.each<[string, Contract, string]>([
    ['a field less', withField('cost', undefined), 'field cost is gone'],
    ['another type', withField('cost', text('Cost')), 'cost has another type'],
    ['a required field more', withField('colour', text('Colour', { required: true })), 'colour is new and required'],
    ['a field that is required now', withField('cost', money('Cost', { required: true })), 'cost is required now'],
    [
      'a value less',
      withField('state', text('State', { values: ['new'], synonyms: { NEW: 'new' } })),
      'state no longer takes sent',
    ],
    [
      'another meaning',
      withField('state', text('State', { values: ['new', 'sent'], synonyms: { NEW: 'sent' } })),
      'state no longer reads NEW as it did',
    ],
    ['only some values', withField('cost', { ...money('Cost'), values: ['1'] }), 'cost takes only certain values now'],
    ['tighter bounds', withField('weight', integer('Weight', { min: 1, max: 100 })), 'weight has tighter bounds'],
    ['an alias less', withField('parcel_id', id('Parcel', { required: true })), 'parcel_id is no longer called number'],
    ['a field that is no longer protected', withField('email', text('Address')), 'email is protected otherwise'],
    ['another key', with_({ key: ['parcel_id', 'state'] }), 'key is another'],
    ['another subject', with_({ subject: 'state' }), 'subject is another'],
    ['another stream', with_({ transport: { file: 'csv' } }), 'stream is another'],
  ])('must not be %s', (_, current, change) => {
    expect(breakingChanges(releaseOf(parcels), current)).toEqual([change]);
  });

  it('needs an upcast from each version before', () => {
    const rename = (record: Readonly<Record<string, unknown>>) => ({ ...record, cost: record.price });
    expect(breakingChanges(releaseOf(parcels), with_({ version: 3, upcasts: { 2: rename } }))).toEqual([
      'no upcast leads from version 1 to 2',
    ]);
    expect(breakingChanges(releaseOf(parcels), with_({ version: 3, upcasts: { 1: rename, 2: rename } }))).toEqual([]);
    expect(breakingChanges(releaseOf(with_({ version: 2 })), parcels)).toEqual([
      'version 2 was released; version 1 goes back behind it',
    ]);
  });
});

describe('an event of an older version', () => {
  const contract = with_({
    version: 3,
    upcasts: {
      1: ({ price, ...record }) => ({ ...record, cost: price }),
      2: ({ cost, ...record }) => ({ ...record, cost: Number(cost) * 2 }),
    },
  });

  it('goes through all upcasts that lead to the version in force', () => {
    const read = (version: number) => upcastFrom(contract, `urn:tributary:parcels:v${version}`);
    expect(read(3)?.({ cost: 1 })).toEqual({ cost: 1 });
    expect(read(2)?.({ cost: 1 })).toEqual({ cost: 2 });
    expect(read(1)?.({ price: 1, parcel_id: 'p' })).toEqual({ parcel_id: 'p', cost: 2 });
  });

  it('is unknown when no upcasts lead from it', () => {
    expect(upcastFrom(contract, 'urn:tributary:parcels:v4')).toBeUndefined();
    expect(upcastFrom(contract, 'urn:tributary:parcels:v0')).toBeUndefined();
    expect(upcastFrom(parcels, 'urn:tributary:parcels:v2')).toBeUndefined();
    expect(upcastFrom(contract, undefined)).toBeUndefined();
    const event = { specversion: '1.0', id: '1', source: 'x', type: 'com.tributary.pos.line.recorded', data: {} };
    const bytes = Buffer.from(JSON.stringify({ ...event, dataschema: 'urn:tributary:pos_transactions:v0' }));
    expect(decodeEvent(bytes)).toMatchObject({ problem: { code: 'unknown_version' } });
  });
});

describe('the contracts', () => {
  it('break no release of them; `npm run contracts` tells the same', async () => {
    expect(problems(await readReleases())).toEqual([]);
  });

  it('are kept as released; `npm run contracts -- --release` keeps them', async () => {
    expect(unreleased(await readReleases())).toEqual([]);
  });
});
