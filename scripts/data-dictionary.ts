import type { ExternalTable } from '../common/external-table.ts';
import { RULES } from '../engine/checks/registry.ts';
import type { CompiledModel, Manifest } from '../engine/manifest.ts';
import type { Check } from '../engine/model.ts';
import { OPERATIONS_TABLES } from '../engine/operations.ts';
import type { Contract, Field } from '../events/contracts/contract.ts';
import { ENVELOPE } from '../events/contracts/envelope.ts';
import { athenaType } from '../events/contracts/field.ts';
import { contracts } from '../events/contracts/index.ts';
import { INTAKE_TABLE, QUARANTINE_TABLE } from '../events/contracts/tables.ts';

/** The page's path from the repository's root. */
export const DATA_DICTIONARY = 'docs/data-dictionary.md';

const LAYERS = [
  { layer: 'silver', title: 'Silver: clean entities' },
  { layer: 'gold', title: 'Gold: star schema and analytics' },
  { layer: 'marts', title: 'Marts: views for consumers' },
] as const;

/** The models of a manifest, the contracts and the platform's own tables as Markdown; same input, same text. */
export function dataDictionary(manifest: Manifest): string {
  const models = [...manifest.models].sort((a, b) => (a.name < b.name ? -1 : 1));
  const sections = [
    INTRODUCTION,
    lineage(models),
    ...LAYERS.map(({ layer, title }) =>
      section(title, models.filter((model) => model.layer === layer).map(modelEntry)),
    ),
    section('Bronze: what the sources sent', [ENVELOPE_ENTRY, ...contracts.map(contractEntry)]),
    section(
      'Written by the platform itself',
      [QUARANTINE_TABLE, INTAKE_TABLE, ...OPERATIONS_TABLES].map(externalEntry),
    ),
  ];
  return `${sections.join('\n\n')}\n`;
}

const INTRODUCTION = `# Data dictionary

Generated from the models' headers in \`sql/\` and the contracts in \`events/contracts/\` by \`npm run docs\`; do not edit.
Timestamps are UTC. A check stops the publication of a new version unless it says otherwise. While a source is empty, its
tables are built empty, and their row_count checks warn.`;

const ENVELOPE_ENTRY = `### Columns of every bronze table

${table(
  ['column', 'type', 'description'],
  [
    ...ENVELOPE.map(({ name, type, description }) => [code(name), athenaType(type), description]),
    ['`ingest_date`, `ingest_hour`', 'string', 'Partition: day and hour in UTC at which Tributary received it'],
  ],
)}`;

function section(title: string, entries: readonly string[]): string {
  return [`## ${title}`, ...entries].join('\n\n');
}

/** Which table is read by which, as a Mermaid graph with a box per layer. */
function lineage(models: readonly CompiledModel[]): string {
  const bronze = [...new Set(models.flatMap(({ inputs }) => inputs))].filter((name) => name.startsWith('bronze.'));
  const boxes = [
    { title: 'bronze', names: bronze.sort() },
    ...LAYERS.map(({ layer }) => ({
      title: layer,
      names: models.filter((model) => model.layer === layer).map(({ name }) => name),
    })),
  ];
  const lines = [
    ...boxes.flatMap(({ title, names }) => [
      `  subgraph ${title}`,
      ...names.map((name) => `    ${name}[${unqualified(name)}]`),
      '  end',
    ]),
    ...models.flatMap(({ name, inputs }) => inputs.map((input) => `  ${input} --> ${name}`)),
  ];
  return section('Lineage', [['```mermaid', 'graph LR', ...lines, '```'].join('\n')]);
}

function modelEntry(model: CompiledModel): string {
  const facts = [
    ['grain', model.grain],
    ['kind', model.kind],
    ['owner', model.owner],
    ['domain', model.domain],
    ['reads', model.inputs.map(link).join(', ')],
    ['partitioned by', model.partitionBy.map(({ column, transform }) => code(`${transform}(${column})`)).join(', ')],
    ['sorted by', model.sortBy.map(code).join(', ')],
    ['freshness promised', model.slaHours === undefined ? '' : `within ${model.slaHours} h`],
    ['defined in', `[${model.file}](../${model.file})`],
  ].filter(([, value]) => value !== '');
  const columns = model.columns.map(({ name, type, description, classification }) => [
    code(name),
    type,
    description,
    classification,
    model.audit.checks
      .filter((check) => isAboutColumn(check, name))
      .map(columnCheck)
      .join(', '),
  ]);
  return [
    `### ${model.name}`,
    model.description,
    facts.map(([name, value]) => `- ${name}: ${value}`).join('\n'),
    table(['column', 'type', 'description', 'class', 'checks'], columns),
    ...tableChecks(model),
    columnLineage(model),
  ].join('\n\n');
}

const isTableRule = (rule: string): boolean => RULES.get(rule)?.scopes.includes('column') !== true;

/** Whether a check belongs to one column's row in the table of columns. */
const isAboutColumn = ({ rule, columns }: Check, column: string): boolean =>
  !isTableRule(rule) && columns.length === 1 && columns[0] === column;

const columnCheck = (check: Check): string =>
  `${check.rule}${argumentText(check)}${check.action === 'abort' ? '' : ` (${check.action})`}`;

function argumentText({ rule, arguments: args }: Check): string {
  if (rule === 'accepted_values' && Array.isArray(args.values)) return `: ${args.values.join(' ')}`;
  if (rule === 'range') return ` ${args.min ?? ''}…${args.max ?? ''}`;
  if (rule === 'relationships') return ` → ${args.to}.${args.column}`;
  if (rule === 'distribution_anomaly') return `: ${args.statistic}`;
  return '';
}

function tableChecks({ audit, columns }: CompiledModel): readonly string[] {
  const names = columns.map(({ name }) => name);
  const checks = audit.checks.filter((check) => !names.some((name) => isAboutColumn(check, name)));
  if (checks.length === 0) return [];
  return [`Checks of the whole table: ${checks.map(tableCheck).join('; ')}.`];
}

function tableCheck({ id, rule, arguments: args, action }: Check): string {
  const detail = {
    row_count: `at least ${args.min ?? 0} ${args.min === 1 ? 'row' : 'rows'}`,
    freshness: `at most ${args.hours} h old`,
    sum_equals: `equals ${args.to}.${args.to_column}`,
  };
  const text = rule in detail ? `, ${detail[rule as keyof typeof detail]}` : '';
  return `${code(id)}${text}${action === 'abort' ? '' : ` (${action})`}`;
}

/** Folded: which stored columns each column is computed from. */
function columnLineage(model: CompiledModel): string {
  const lines = model.lineage
    .filter(({ from }) => from.length > 0)
    .map(
      ({ column, from }) => `- ${code(column)}: ${from.map((origin) => `${origin.table}.${origin.column}`).join(', ')}`,
    );
  return ['<details><summary>Where its columns come from</summary>', lines.join('\n'), '</details>'].join('\n\n');
}

function contractEntry(contract: Contract): string {
  const { file, stream } = contract.transport;
  const roads = [
    ...(file === undefined ? [] : [`files (${file} by nature)`]),
    ...(stream === undefined ? [] : [`events ${code(stream.type)} on ${code(stream.stream)}`]),
  ];
  const facts = [
    `- contract: version ${contract.version}, owner ${contract.owner}`,
    `- comes as ${roads.join(' and ')}`,
    `- key ${contract.key.map(code).join(', ')}, version ${code(contract.versionColumn)}, event time ${code(contract.eventTimeColumn)}`,
  ];
  const rows = Object.entries(contract.fields).map(([name, field]) => [
    code(name),
    athenaType(field.type),
    field.description,
    field.classification,
    ruleText(field),
  ]);
  return [
    `### bronze.${contract.source}`,
    contract.description,
    facts.join('\n'),
    table(['field', 'type', 'description', 'class', 'rules'], rows),
  ].join('\n\n');
}

function ruleText(field: Field): string {
  const { boundsWhere } = field;
  const bounds = (min: number | undefined, max: number | undefined): string =>
    min === undefined && max === undefined ? 'any number' : `${min ?? ''}…${max ?? ''}`;
  return [
    ...(field.required ? ['required'] : []),
    ...(field.values === undefined ? [] : [`one of ${field.values.join(' ')}`]),
    ...(field.min === undefined && field.max === undefined ? [] : [bounds(field.min, field.max)]),
    ...(boundsWhere === undefined
      ? []
      : [
          `${bounds(boundsWhere.min, boundsWhere.max)} where ${boundsWhere.field} is ${boundsWhere.values.join(' or ')}`,
        ]),
    ...(field.aliases === undefined ? [] : [`also named ${field.aliases.map(code).join(', ')}`]),
  ].join('; ');
}

function externalEntry(external: ExternalTable): string {
  const columns = external.columns.map(({ name, type, description }) => [code(name), type, description]);
  const partitions = external.partitions.map(({ name }) => [code(name), 'string', 'Partition']);
  return [
    `### ${external.database}.${external.name}`,
    external.description,
    table(['column', 'type', 'description'], [...columns, ...partitions]),
  ].join('\n\n');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function code(text: string): string {
  return `\`${text}\``;
}

const unqualified = (name: string): string => name.slice(name.indexOf('.') + 1);

/** To a table's entry, by the anchor that Markdown viewers give its heading. */
const link = (name: string): string => `[${name}](#${name.replaceAll('.', '')})`;
