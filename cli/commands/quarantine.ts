import { type Command, InvalidArgumentError } from 'commander';
import { TributaryError } from '../../common/errors.ts';
import { isWholeFile } from '../../events/replay/quarantined-row.ts';
import { ReplayMemory } from '../../events/replay/replay-memory.ts';
import { type ReplayCounts, replayQuarantine } from '../../events/replay/replay-quarantine.ts';
import type { Platform } from '../../infra/platform.ts';
import { loadPlatform } from '../platform.ts';
import { rawCipher } from '../quarantine/cipher.ts';
import { groupsReport, replayReport, rowReport } from '../quarantine/report.ts';
import { planStore, replayRoads } from '../quarantine/roads.ts';
import {
  type QuarantineFilter,
  quarantinedIds,
  quarantinedRows,
  quarantinedSources,
  quarantineGroups,
} from '../quarantine/rows.ts';
import { withProgress } from '../ui.ts';

export function register(program: Command): void {
  const command = program.command('quarantine').description('look at refused records, and send them again after a fix');
  filterOptions(command.command('list').description('count refused records by source, reason, field and contract'))
    .option('--json', 'print them as JSON', false)
    .action(list);
  command
    .command('show')
    .description('show a refused record, without personal and unknown values')
    .argument('<id>', 'origin#position, or the id of the event')
    .action(show);
  filterOptions(command.command('replay').description('send refused records again, by the road that they came by'))
    .option('--dry-run', 'only say what would be sent', false)
    .option('--json', 'print the outcome as JSON', false)
    .addHelpText('after', HELP)
    .action(replay);
}

const HELP = `
A record is sent once per version of its contract, and not again once it was accepted. Refused files go back whole.
What is refused again is in quarantine as a new record.`;

const filterOptions = (command: Command): Command =>
  command
    .option('--source <name>', 'only records of this contract, or unknown')
    .option('--reason <code>', 'only records that were refused for this, e.g. too_small')
    .option('--since <yyyy-mm-dd>', 'only records that arrived on or after this day, UTC', isoDate);

function isoDate(value: string): string {
  if (/^\d{4}-\d{2}-\d{2}$/.test(value) && !Number.isNaN(Date.parse(value))) return value;
  throw new InvalidArgumentError('it must be a date of the form 2026-01-31');
}

const asJson = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

async function list({ json, ...filter }: QuarantineFilter & { readonly json: boolean }): Promise<void> {
  const groups = await quarantineGroups(filter, await loadPlatform());
  process.stdout.write(json ? asJson(groups) : groupsReport(groups));
}

async function show(id: string): Promise<void> {
  const platform = await loadPlatform();
  const cipher = rawCipher(platform);
  let found = 0;
  for await (const row of quarantinedRows({}, platform, id)) {
    const [text] = row.raw === null || isWholeFile(row) ? [row.raw] : await cipher.open(row.source, [row.raw]);
    process.stdout.write(`${found > 0 ? '\n' : ''}${rowReport(row, text ?? null)}`);
    found += 1;
  }
  if (found > 0) return;
  throw new TributaryError({
    code: 'not_in_quarantine',
    message: `no refused record is named ${id}`,
    advice: 'npx tributary query "select origin, position, reason from bronze.quarantine limit 20"',
  });
}

interface ReplayOptions extends QuarantineFilter {
  readonly dryRun: boolean;
  readonly json: boolean;
}

async function replay({ dryRun: isDryRun, json, ...filter }: ReplayOptions): Promise<void> {
  const platform = await loadPlatform();
  const counts = await withProgress('replaying', () => replaySelected(platform, filter, isDryRun));
  process.stdout.write(json ? asJson(counts) : replayReport(counts, { isDryRun }));
}

/** Sends what the filter selects; counts by source. */
export async function replaySelected(
  platform: Platform,
  filter: QuarantineFilter,
  isDryRun: boolean,
): Promise<Readonly<Record<string, ReplayCounts>>> {
  const store = planStore(platform.buckets.operations);
  const counts: Record<string, ReplayCounts> = {};
  for (const source of await quarantinedSources(filter, platform)) {
    counts[source] = await replayQuarantine(quarantinedRows({ ...filter, source }, platform), {
      memory: await ReplayMemory.open(source, store),
      roads: replayRoads(platform),
      cipher: rawCipher(platform),
      isDryRun,
      quarantined: await quarantinedIds(source, platform),
    });
  }
  return counts;
}
