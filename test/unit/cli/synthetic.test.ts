import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { outputReport } from '../../../cli/commands/generate.ts';
import { preparedOutput } from '../../../cli/datasets/synthetic/dataset.ts';
import {
  addDays,
  outputOptions,
  type SyntheticInput,
  syntheticOptions,
} from '../../../cli/datasets/synthetic/options.ts';
import { DEFAULT_DEFECTS, NO_DEFECTS } from '../../../events/generator/defects.ts';
import { mergeParts } from '../../../events/generator/output/manifest.ts';
import { writePart } from '../../../events/generator/output/write-part.ts';
import { temporaryFolder } from '../generator-output/folders.ts';
import { handmade, OPTIONS } from '../generator-output/handmade.ts';

function parse(...args: string[]): SyntheticInput {
  const command = syntheticOptions(new Command())
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  return command.parse(args, { from: 'user' }).opts();
}

describe('options of the synthetic retailer', () => {
  it('are thirty days that end with October unless told otherwise', () => {
    expect(outputOptions(parse())).toEqual({
      scale: 1,
      days: 30,
      seed: 1,
      firstDay: '2026-10-02',
      streamDays: 1,
      sources: [],
      defects: DEFAULT_DEFECTS,
    });
    expect(outputOptions(parse('--days', '1')).firstDay).toBe('2026-10-31');
    expect(outputOptions(parse('--first-day', '2024-02-29')).firstDay).toBe('2024-02-29');
    expect(addDays('2024-02-28', 2)).toBe('2024-03-01');
  });

  it('name defects by their rates', () => {
    expect(parse('--defects', 'none').defects).toEqual(NO_DEFECTS);
    expect(parse('--defects', 'late=0.5,fraud=0').defects).toEqual({ ...DEFAULT_DEFECTS, late: 0.5, fraud: 0 });
  });

  it.each([
    [['--scale', '0']],
    [['--scale', 'big']],
    [['--days', '1.5']],
    [['--seed', '-1']],
    [['--seed', '4294967296']],
    [['--first-day', '2026-02-30']],
    [['--first-day', 'tomorrow']],
    [['--defects', 'fire=1']],
    [['--defects', 'late=2']],
    [['--defects', 'late']],
  ])('are refused when they make no sense: %s', (args) => {
    expect(() => parse(...args)).toThrow(/invalid/);
  });

  it('are refused when more is streamed than there is', () => {
    expect(() => outputOptions(parse('--days', '2', '--stream-days', '3'))).toThrow(
      /--stream-days 3 is more than --days 2/,
    );
  });
});

describe('an output as a dataset', () => {
  it('has its files, its events from any of them on, and the counts that must come out', async () => {
    const folder = await temporaryFolder();
    const sources = ['pos_transactions', 'page_views', 'support_tickets'];
    const part = await writePart(handmade(), { folder, options: OPTIONS, sources, writesTruth: true });
    const manifest = mergeParts(OPTIONS, [part]);
    const { files, events, expectedEvents } = preparedOutput(folder, manifest);
    expect(files.map(({ key }) => key)).toContain('pos_transactions/pos_transactions-2026-10-30.csv.gz');
    expect(await files.at(-1)?.open()).toMatchObject({
      path: join(folder, 'landing/support_tickets/support_tickets-2026-10.json'),
      rows: 22,
      quarantined: 4,
    });
    expect(expectedEvents.page_views).toEqual({ received: 11, accepted: 9, quarantined: 2 });
    const [clicks] = events;
    expect(clicks?.stream).toBe('clickstream-events');
    const ids: string[] = [];
    for await (const { data } of clicks?.records(9) ?? []) ids.push(JSON.parse(Buffer.from(data).toString()).id);
    expect(ids).toEqual(['page_views-2026-11-01-10', 'page_views-2026-11-01-11']);
    expect(outputReport(manifest)).toContain('the truth: churn 3, defects 6');
  });

  it('of a broken line still has a record for it', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'events.ndjson'), '{ broken\n');
    const entry = { path: 'events.ndjson', bytes: 9, sha256: '', stream: 'transaction-events', day: '', sources: {} };
    const { events } = preparedOutput(folder, { ...mergeParts(OPTIONS, []), events: [entry] });
    const records: string[] = [];
    for await (const { partitionKey, data } of events[0]?.records(0) ?? []) {
      records.push(`${partitionKey} ${Buffer.from(data)}`);
    }
    expect(records).toEqual(['- { broken']);
  });
});
