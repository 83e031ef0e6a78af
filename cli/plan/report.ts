import type { PlannedModel } from '../../engine/plan/plan.ts';
import { layOut } from '../query/layout.ts';
import type { Plan } from './plan.ts';

const MARK: Readonly<Record<PlannedModel['action'], string>> = {
  build: '+ build',
  may_change: '~ may change',
  held: '= held',
  skip: '  skip',
};

/** A plan for a person: a line per model that is not skipped, what its columns lose, and what it comes to. */
export function planReport(plan: Plan): string {
  const shown = plan.models.filter(({ action }) => action !== 'skip');
  const table =
    shown.length === 0
      ? ''
      : `${layOut(
          [
            { name: 'action' },
            { name: 'model' },
            { name: 'domain' },
            { name: 'why' },
            { name: 'part' },
            { name: 'input', isNumber: true },
            { name: 'engine' },
            { name: 'dollars', isNumber: true },
            { name: 'other engines' },
          ],
          shown.map(row),
        )}\n`;
  const parts = [table, ...shown.flatMap(columnLines), ...removedLines(plan), ...deploymentLines(plan)];
  return `${parts.join('')}${total(plan)}\n`;
}

const row = (planned: PlannedModel): string[] => {
  const isBuilt = planned.action === 'build';
  return [
    MARK[planned.action],
    planned.model,
    planned.domain,
    why(planned),
    isBuilt ? part(planned) : '',
    isBuilt ? megabytes(planned.inputBytes) : '',
    planned.engine ?? '',
    isBuilt ? dollars(planned.dollars) : '',
    others(planned),
  ];
};

/** `athena 0.00053, spark 0.02203`. */
const others = ({ engine, dollarsByEngine }: PlannedModel): string =>
  Object.entries(dollarsByEngine)
    .filter(([name]) => name !== engine)
    .map(([name, amount]) => `${name} ${dollars(amount)}`)
    .join(', ');

const why = ({ reason, change, isRefused }: PlannedModel): string =>
  `${change === 'added' ? 'new: ' : ''}${reason}${isRefused ? '; REFUSED without --allow-breaking' : ''}`;

const SHOWN = 2;

function part({ kind, partitions, isAtLeast }: PlannedModel): string {
  if (kind === 'view') return 'view';
  if (partitions === null) return 'whole';
  if (kind === 'merge') return 'new rows';
  const names = partitions.slice(0, SHOWN).join(', ');
  const more = partitions.length > SHOWN ? ', …' : '';
  const count = `${isAtLeast ? '≥ ' : ''}${partitions.length} ${partitions.length === 1 ? 'partition' : 'partitions'}`;
  return partitions.length === 0 ? count : `${count}: ${names}${more}`;
}

const columnLines = ({ model, columns }: PlannedModel): string[] =>
  columns.map(({ column, change, from, to, breaking }) => {
    const types = [from, to].filter((type) => type !== null).join(' → ');
    return `  ${model}.${column} ${change} (${types})${breaking ? ', BREAKING' : ''}\n`;
  });

const removedLines = ({ removed }: Plan): string[] =>
  removed.map((name) => `- ${name} is in the catalog and no model makes it: it stays as it is until it is dropped\n`);

function deploymentLines({ deployment: { isUpToDate, command, changes } }: Plan): string[] {
  if (isUpToDate) return [];
  const lists = changes === null ? [] : Object.entries(changes).filter(([, names]) => names.length > 0);
  const text = lists.map(([what, names]) => `${what} ${names.join(', ')}`).join('; ') || 'other text or checks';
  return [`\nnot deployed yet (${text}): ${command}\n`];
}

/** `2 to build, 1 may change, 38 skipped; about $0.0004`. */
function total({ models, asOf }: Plan): string {
  const count = (action: PlannedModel['action']): number => models.filter((model) => model.action === action).length;
  const parts = [
    `${count('build')} to build`,
    `${count('may_change')} may change`,
    ...(count('held') === 0 ? [] : [`${count('held')} held`]),
    `${count('skip')} skipped`,
  ];
  const sum = models.reduce((all, model) => all + (model.dollars ?? 0), 0);
  return `plan as of ${asOf}: ${parts.join(', ')}; about $${dollars(sum)}`;
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

export const dollars = (value: number | null): string => (value === null ? '?' : value.toFixed(value < 1 ? 5 : 2));
