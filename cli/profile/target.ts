import { TributaryError } from '../../common/errors.ts';
import { isShown } from '../../engine/checks/audit.ts';
import { nearest } from '../../engine/compile/nearest.ts';
import type { Manifest } from '../../engine/manifest.ts';
import type { TableToProfile } from '../../engine/profile/profile.ts';
import type { Classification, Contract } from '../../events/contracts/contract.ts';
import { ENVELOPE } from '../../events/contracts/envelope.ts';
import { bronzeColumns } from '../../events/contracts/personal.ts';

export interface ProfileOptions {
  /** Columns to look at; all where it is undefined. */
  readonly columns: readonly string[] | undefined;
  /** Columns that should tell rows apart; those of the table's check `unique` where it is undefined. */
  readonly key: readonly string[] | undefined;
}

interface KnownTable {
  readonly name: string;
  readonly columns: readonly {
    readonly name: string;
    readonly type: string;
    readonly classification: Classification;
  }[];
  readonly key: readonly string[];
}

/**
 * The table and columns that a user means: `gold.fact_sale`, `fact_sale`, `bronze.pos_transactions`. Throws
 * `unknown_table` or `unknown_column` with names that come near.
 */
export function tableToProfile(
  text: string,
  options: ProfileOptions,
  manifest: Manifest,
  contracts: readonly Contract[],
): TableToProfile {
  const table = tableOf(text, knownTables(manifest, contracts));
  const names = table.columns.map(({ name }) => name);
  for (const name of [...(options.columns ?? []), ...(options.key ?? [])]) {
    if (names.includes(name)) continue;
    const like = nearest(name, names);
    throw new TributaryError({
      code: 'unknown_column',
      message: `${table.name} has no column ${name}`,
      advice: like === undefined ? `Columns: ${names.join(', ')}.` : `Did you mean "${like}"?`,
    });
  }
  return {
    name: table.name,
    key: options.key ?? table.key,
    columns: table.columns
      .filter(({ name }) => options.columns?.includes(name) ?? true)
      .map(({ name, type, classification }) => ({ name, type, isShown: isShown({ classification }) })),
  };
}

function tableOf(text: string, tables: readonly KnownTable[]): KnownTable {
  const exact = tables.find(({ name }) => name === text);
  if (exact !== undefined) return exact;
  const [table, ...others] = tables.filter(({ name }) => name.endsWith(`.${text}`));
  if (table !== undefined && others.length === 0) return table;
  const names = tables.map(({ name }) => name);
  const like = nearest(text, [...names, ...names.map((name) => name.split('.')[1] ?? '')]);
  throw new TributaryError({
    code: 'unknown_table',
    message: table === undefined ? `there is no table ${text}` : `${text} is the name of several tables`,
    advice:
      table === undefined
        ? `${like === undefined ? '' : `Did you mean "${like}"? `}Tables are named like gold.fact_sale or bronze.pos_transactions.`
        : `Name one of ${[table, ...others].map(({ name }) => name).join(', ')}.`,
  });
}

function knownTables({ models, sources }: Manifest, contracts: readonly Contract[]): readonly KnownTable[] {
  const bySource = new Map(contracts.map((contract) => [`bronze.${contract.source}`, contract]));
  return [
    ...models.map(({ name, columns, checks }) => ({ name, columns, key: uniqueKey(checks) })),
    ...sources.map(({ name, columns }) => {
      const contract = bySource.get(name);
      return {
        name,
        key: versionKey(contract).every((key) => columns.some((column) => column.name === key))
          ? versionKey(contract)
          : [],
        columns: columns.map((column) => ({ ...column, classification: classOf(column.name, contract) })),
      };
    }),
  ];
}

const uniqueKey = (checks: Manifest['models'][number]['checks']): readonly string[] =>
  checks.find(({ rule }) => rule === 'unique')?.columns ?? [];

/** What identifies a row of a source, as far as bronze has it. */
const versionKey = (contract: Contract | undefined): readonly string[] =>
  contract === undefined ? [] : [...new Set([...contract.key, contract.versionColumn])];

/** Of tables without a contract, and of what the contract does not name, only the envelope may be shown. */
function classOf(column: string, contract: Contract | undefined): Classification {
  const found = contract && bronzeColumns(contract).find(({ name }) => name === column);
  if (found !== undefined) return found.classification;
  return ENVELOPE.some(({ name }) => name === column) && !['_subject', '_extra'].includes(column)
    ? 'internal'
    : 'sensitive';
}
