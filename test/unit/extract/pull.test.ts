import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseExtraction } from '../../../events/extract/extraction.ts';
import { OutOfTime, type PulledRecord, type PullSource, runPull } from '../../../events/extract/pull.ts';
import { atPath, parseExactly } from '../../../events/extract/record.ts';
import { nextLink } from '../../../events/extract/rest/paging.ts';
import { backoffMs, retryAfterMs } from '../../../events/extract/rest/retry.ts';
import { earlier, type Moment, momentOf, nowMoment } from '../../../events/extract/version.ts';
import { MemoryExtractions } from '../../fixtures/extract.ts';

const extraction = parseExtraction({
  name: 'erp',
  source: 'erp_products',
  kind: 'rest',
  schedule: 'rate(1 hour)',
  url: 'https://example.com',
  records: '',
  overlapSeconds: 3,
});

const BEGIN = Date.parse('2026-10-01T00:00:00Z');
const momentAt = (seconds: number): Moment => nowMoment(new Date(BEGIN + seconds * 1000));

/** What happens to an invocation after so many batches. */
interface Fate {
  readonly batches: number;
  readonly what: 'source fails' | 'killed before it can remember' | 'time is up' | 'wants to be left alone' | 'nothing';
}

interface Row {
  readonly id: string;
  readonly second: number;
}

const record = ({ id, second }: Row): PulledRecord => ({
  line: JSON.stringify({ id, second }),
  version: momentAt(second),
});

/** A table sorted by version whose reading ends as fate will have it. */
function source(rows: readonly Row[], { batches, what }: Fate): PullSource {
  const sorted = [...rows].sort((a, b) => a.second - b.second);
  return {
    isIncremental: true,
    now: async () => momentAt(1_000_000),
    close: async () => undefined,
    async *read(from, position) {
      const matching = sorted.filter(({ second }) => from === null || momentAt(second) >= from);
      let read = 0;
      for (let at = Number(position ?? 0); at < matching.length; at += 2) {
        if (read++ === batches && what === 'source fails') throw new Error('the source failed');
        if (read > batches && what === 'wants to be left alone')
          throw new OutOfTime({ code: 'api_rate_limited', message: '' });
        yield { records: matching.slice(at, at + 2).map(record), position: at + 2 };
      }
    },
  };
}

async function invoke(
  memory: MemoryExtractions,
  rows: readonly Row[],
  fate: Fate,
): Promise<'finished' | 'paused' | 'failed'> {
  let read = 0;
  memory.failState = fate.what === 'killed before it can remember';
  const isTimeUp = () => fate.what === 'time is up' && ++read >= fate.batches;
  try {
    const deps = { ...memory, source: source(rows, fate), isTimeUp };
    return (await runPull(extraction, deps, { fileBytes: 100 })).status;
  } catch {
    return 'failed';
  }
}

const fates = fc.array(
  fc.record<Fate>({
    batches: fc.integer({ min: 1, max: 4 }),
    what: fc.constantFrom(
      'source fails',
      'killed before it can remember',
      'time is up',
      'wants to be left alone',
      'nothing',
    ),
  }),
  { maxLength: 8 },
);
const rowsArbitrary = fc
  .array(fc.integer({ min: 0, max: 30 }), { maxLength: 30 })
  .map((seconds) => seconds.map((second, n): Row => ({ id: `R${n}`, second })));

const landedIds = (memory: MemoryExtractions): ReadonlySet<unknown> => new Set(memory.records().map(({ id }) => id));

describe('a pull', () => {
  it('loses nothing, however often it is interrupted, and ends with the highest version', async () => {
    await fc.assert(
      fc.asyncProperty(rowsArbitrary, fates, async (rows, interruptions) => {
        const memory = new MemoryExtractions();
        for (const fate of interruptions) {
          const before = memory.state.watermark;
          const status = await invoke(memory, rows, fate);
          if (status !== 'finished') expect(memory.state.watermark).toBe(before);
        }
        while ((await invoke(memory, rows, { batches: 0, what: 'nothing' })) !== 'finished');
        expect(landedIds(memory)).toEqual(new Set(rows.map(({ id }) => id)));
        const highest = rows.length === 0 ? null : momentAt(Math.max(...rows.map(({ second }) => second)));
        expect(memory.state).toMatchObject({ watermark: highest, pull: null });
      }),
    );
  });

  it('lands nothing more once nothing changes', async () => {
    await fc.assert(
      fc.asyncProperty(rowsArbitrary, async (rows) => {
        const memory = new MemoryExtractions();
        for (let times = 0; times < 2; times++) await invoke(memory, rows, { batches: 0, what: 'nothing' });
        const files = memory.landed.length;
        for (let times = 0; times < 3; times++) await invoke(memory, rows, { batches: 0, what: 'nothing' });
        expect(memory.landed).toHaveLength(files);
      }),
    );
  });

  it('writes over no file of another pull', async () => {
    const memory = new MemoryExtractions();
    const rows: Row[] = [{ id: 'R0', second: 5 }];
    await invoke(memory, rows, { batches: 0, what: 'nothing' });
    await invoke(memory, rows, { batches: 0, what: 'nothing' });
    await invoke(memory, [...rows, { id: 'R1', second: 4 }], { batches: 0, what: 'nothing' });
    expect(new Set(memory.landed).size).toBe(3);
  });
});

describe('versions', () => {
  it.each([
    ['2026-11-21T10:15:00+02:00', '2026-11-21T08:15:00.000000Z'],
    ['2026-11-21 10:15:00.123456789', '2026-11-21T10:15:00.123456Z'],
    ['2026-11-21', '2026-11-21T00:00:00.000000Z'],
    [1_795_256_100, '2026-11-21T10:15:00.000000Z'],
    [1_795_256_100_123, '2026-11-21T10:15:00.123000Z'],
    ['infinity', undefined],
    ['', undefined],
    [null, undefined],
    [Number.NaN, undefined],
    [1e300, undefined],
  ])('%s is %s', (value, moment) => {
    expect(momentOf(value)).toBe(moment);
  });

  it('compare as text does, and go back by seconds', () => {
    const moments = fc.integer({ min: -62_135_596_800, max: 253_402_300_799 });
    fc.assert(
      fc.property(moments, fc.integer({ min: 0, max: 1_000_000 }), (second, seconds) => {
        const moment = nowMoment(new Date(second * 1000));
        expect(moment).toHaveLength(27);
        const before = earlier(moment, seconds);
        expect(before <= moment).toBe(true);
        expect(Date.parse(before)).toBe(Math.max(Date.parse('0001-01-01T00:00:00Z'), (second - seconds) * 1000));
      }),
    );
  });
});

describe('answers of an API', () => {
  it('keep every digit of their numbers', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 10n ** 15n, max: 10n ** 30n }), fc.nat(), (whole, fraction) => {
        const number = `${whole}.${fraction}`;
        expect(parseExactly(`{"a":[${number}]}`)).toEqual({ a: [number] });
      }),
    );
    expect(parseExactly('[0.1,-1.50,100,1e2,0.000123,123456789012345]')).toEqual([
      0.1, -1.5, 100, 100, 0.000123, 123456789012345,
    ]);
    expect(parseExactly('[1e999]')).toEqual(['1e999']);
  });

  it('are followed along paths, not into prototypes', () => {
    expect(atPath({ a: { b: [1] } }, 'a.b')).toEqual([1]);
    expect(atPath([1], '')).toEqual([1]);
    for (const path of ['a.c', 'a.b.0', 'constructor.name', '__proto__'])
      expect(atPath({ a: { b: [1] } }, path)).toBeUndefined();
  });

  it.each([
    ['<https://a/?p=2>; rel="next", <https://a/?p=9>; rel="last"', 'https://a/?p=2'],
    ['<https://a/?p=1>; rel="prev", <https://a/?q=a,b;c>; title="x"; rel="prefetch next"', 'https://a/?q=a,b;c'],
    ['<https://a>; rel=next', 'https://a'],
    ['<https://a>; rel="nextish"', undefined],
    ['', undefined],
    [null, undefined],
  ])('with the Link header %s go on at %s', (header, next) => {
    expect(nextLink(header)).toBe(next);
  });

  it.each([
    ['120', 120_000],
    ['Sat, 21 Nov 2026 10:00:30 GMT', 30_000],
    ['Sat, 21 Nov 2020 10:00:00 GMT', 0],
    ['soon', undefined],
    ['-5', undefined],
    [null, undefined],
  ])('with Retry-After %s ask for %s ms', (header, wait) => {
    expect(retryAfterMs(header, Date.parse('2026-11-21T10:00:00Z'))).toBe(wait);
  });

  it('are waited for longer each time, but not without end', () => {
    expect([0, 1, 2, 10].map((failed) => backoffMs(failed, () => 1))).toEqual([500, 1000, 2000, 30_000]);
    expect(backoffMs(3, () => 0)).toBe(0);
  });
});
