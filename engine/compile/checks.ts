import { z } from 'zod';
import { RULES } from '../checks/registry.ts';
import type { Rule } from '../checks/rule.ts';
import type { Check } from '../model.ts';
import { parseType } from '../sql-type.ts';
import { compileError } from './errors.ts';
import { type Header, type HeaderCheck, type HeaderPath, invalid } from './header.ts';
import { nearest } from './nearest.ts';

/** A check with the place in the header where it stands, for errors that show only later. */
export interface PlacedCheck {
  readonly check: Check;
  readonly path: HeaderPath;
}

const anyRecord = z.record(z.string(), z.unknown());

/** What every check may say beside its rule's own arguments. */
const common = z.object({
  action: z.enum(['abort', 'quarantine', 'warn']).default('abort'),
  dimension: z.enum(['completeness', 'accuracy', 'consistency', 'timeliness', 'uniqueness', 'validity']).optional(),
  tolerate: z.number().gt(0).lt(1).optional(),
});

/**
 * The checks of a header, columns' first. Throws `unknown_rule`, `header_invalid`, `unknown_column`, `wrong_type` or `duplicate_check` with the line.
 */
export function parseChecks(header: Header): readonly PlacedCheck[] {
  const { columns, checks } = header.fields;
  const types = new Map(columns.map(({ name, type }) => [name, type]));
  const placed = [
    ...columns.flatMap((column, index) =>
      column.checks.map((entry, position) =>
        parseCheck(header, entry, ['columns', index, 'checks', position], column.name),
      ),
    ),
    ...checks.map((entry, position) => parseCheck(header, entry, ['checks', position], undefined)),
  ];
  const seen = new Set<string>();
  for (const { check, path } of placed) {
    if (seen.has(check.id)) throw compileError('duplicate_check', header.placeOf(path), `${check.id} is there twice`);
    seen.add(check.id);
    refuseMisfits(header, { check, path }, types);
  }
  return placed;
}

/** Throws for a check of columns that are not there, or of a type that its rule cannot judge. */
function refuseMisfits(header: Header, { check, path }: PlacedCheck, types: ReadonlyMap<string, string>): void {
  const rule = ruleOf(header, check.rule, path);
  const place = header.placeOf(path);
  for (const column of check.columns) {
    const type = types.get(column);
    if (type === undefined) {
      const like = nearest(column, types.keys());
      const advice = like === undefined ? undefined : `Did you mean "${like}"?`;
      throw compileError('unknown_column', place, `${check.id}: there is no column "${column}"`, advice);
    }
    if (rule.kinds === undefined || rule.kinds.includes(parseType(type).kind)) continue;
    const advice = `${rule.name} judges columns of type ${rule.kinds.join(', ')}.`;
    throw compileError('wrong_type', place, `${check.id}: ${column} is ${type}`, advice);
  }
  const reason = rule.refuse?.({ table: '', types, columns: check.columns }, check.arguments);
  if (reason !== undefined) throw compileError('header_invalid', place, `${check.id}: ${reason}`);
}

function parseCheck(header: Header, entry: HeaderCheck, path: HeaderPath, column: string | undefined): PlacedCheck {
  const [name = '', body] = typeof entry === 'string' ? [entry, {}] : (Object.entries(entry)[0] ?? []);
  const rule = ruleOf(header, name, path);
  const scope = column === undefined ? 'table' : 'column';
  if (!rule.scopes.includes(scope)) {
    const advice = scope === 'table' ? 'Put it below the column.' : 'Put it into the table’s own list of checks.';
    throw compileError('header_invalid', header.placeOf(path), `${name} is not a check of a ${scope}`, advice);
  }
  const { action, dimension, tolerate, ...rest } = anyRecord.parse(body ?? {});
  const settings = common.safeParse({ action, dimension, tolerate });
  if (!settings.success) throw invalid(settings.error, header.placeOf, path);
  const parsed = rule.schema.safeParse(rest);
  if (!parsed.success) throw invalid(parsed.error, header.placeOf, typeof entry === 'string' ? path : [...path, name]);
  const columns = column === undefined ? (rule.columns?.(parsed.data) ?? []) : [column];
  if (rule.columns !== undefined && columns.length === 0) {
    throw compileError('header_invalid', header.placeOf(path), `${name} does not name its columns`);
  }
  return { check: makeCheck(rule, columns, parsed.data, settings.data), path };
}

function makeCheck(rule: Rule, columns: readonly string[], args: unknown, settings: z.infer<typeof common>): Check {
  const label = rule.label?.(args, columns) ?? columns.join(', ');
  return {
    id: label === '' ? rule.name : `${rule.name}(${label})`,
    rule: rule.name,
    columns,
    arguments: anyRecord.parse(args),
    dimension: settings.dimension ?? rule.dimension,
    action: settings.action,
    ...(settings.tolerate === undefined ? {} : { tolerate: settings.tolerate }),
  };
}

function ruleOf(header: Header, name: string, path: HeaderPath): Rule {
  const rule = RULES.get(name);
  if (rule !== undefined) return rule;
  const like = nearest(name, RULES.keys());
  const advice = like === undefined ? `Rules: ${[...RULES.keys()].join(', ')}.` : `Did you mean "${like}"?`;
  throw compileError('unknown_rule', header.placeOf(path), `there is no check "${name}"`, advice);
}
