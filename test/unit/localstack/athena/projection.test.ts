import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dateParser, projectedPartition } from '../../../../localstack/athena/tables/projection.ts';

const NOW = new Date('2024-03-15T10:30:00Z');
const ROOT = 's3://lake/events/';

const matcher = (column: string, properties: Record<string, string>, extra: Record<string, string> = {}) => {
  const parameters = Object.fromEntries(
    Object.entries(properties).map(([name, value]) => [`projection.${column}.${name}`, value]),
  );
  return projectedPartition({ ...parameters, ...extra }, ROOT, [column], NOW);
};

describe('partition projection', () => {
  it('takes dates of the range, up to now', () => {
    const values = matcher('day', { type: 'date', format: 'yyyy-MM-dd', range: '2024-01-01,NOW' });
    expect(values(`${ROOT}day=2024-01-01/a.parquet`)).toEqual({ day: '2024-01-01' });
    expect(values(`${ROOT}day=2024-03-15/a.parquet`)).toEqual({ day: '2024-03-15' });
    expect(values(`${ROOT}day=2024-03-16/a.parquet`)).toBeUndefined();
    expect(values(`${ROOT}day=2023-12-31/a.parquet`)).toBeUndefined();
    expect(values(`${ROOT}day=other/a.parquet`)).toBeUndefined();
  });

  it('counts from now', () => {
    const values = matcher('day', { type: 'date', range: 'NOW-1MONTHS-1DAYS,NOW+2DAYS' });
    expect(values(`${ROOT}day=2024-02-15/a`)).toEqual({ day: '2024-02-15' });
    expect(values(`${ROOT}day=2024-02-13/a`)).toBeUndefined();
    expect(values(`${ROOT}day=2024-03-17/a`)).toEqual({ day: '2024-03-17' });
  });

  it('takes integers with as many digits as are asked for', () => {
    const values = matcher('hour', { type: 'integer', range: '0,23', digits: '2' });
    expect(values(`${ROOT}hour=07/a`)).toEqual({ hour: '07' });
    expect(values(`${ROOT}hour=7/a`)).toBeUndefined();
    expect(values(`${ROOT}hour=24/a`)).toBeUndefined();
  });

  it('takes every whole number of an integer range and none outside', () => {
    fc.assert(
      fc.property(fc.integer({ min: -50, max: 150 }), fc.integer({ min: 1, max: 7 }), (value, interval) => {
        const values = matcher('n', { type: 'integer', range: '0,100', interval: String(interval) });
        const expected = value >= 0 && value <= 100 && value % interval === 0;
        expect(values(`${ROOT}n=${value}/a`) !== undefined).toBe(expected);
      }),
    );
  });

  it('takes the listed values of an enum and any injected value', () => {
    const listed = matcher('region', { type: 'enum', values: 'eu, us' });
    expect(listed(`${ROOT}region=us/a`)).toEqual({ region: 'us' });
    expect(listed(`${ROOT}region=moon/a`)).toBeUndefined();
    expect(matcher('device', { type: 'injected' })(`${ROOT}device=any%20thing/a`)).toEqual({ device: 'any thing' });
  });

  it('finds values where the template has them', () => {
    const template = { 'storage.location.template': `${ROOT}\${day}/raw` };
    const values = matcher('day', { type: 'date', format: 'yyyy/MM/dd', range: '2024/01/01,NOW' }, template);
    expect(values(`${ROOT}2024/01/02/raw/a`)).toEqual({ day: '2024/01/02' });
    expect(values(`${ROOT}2024/01/02/cooked/a`)).toBeUndefined();
  });

  it('reads back any time that a pattern wrote', () => {
    const parse = dateParser("yyyy-MM-dd'T'HH");
    fc.assert(
      fc.property(
        fc.date({ min: new Date('1970-01-01'), max: new Date('2100-01-01'), noInvalidDate: true }),
        (date) => {
          date.setUTCMinutes(0, 0, 0);
          expect(parse(date.toISOString().slice(0, 13))).toBe(date.getTime());
        },
      ),
    );
  });
});
