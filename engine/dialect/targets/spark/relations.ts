import type { Context } from '../../translate/context.ts';
import type { Operand } from '../../translate/scope.ts';
import { fieldName, type SqlType } from '../../types.ts';
import type { AggregateCall, Membership, Quantified, Unnested } from '../target.ts';
import { bound } from './bound.ts';
import { coerced } from './coerced.ts';
import { text } from './text.ts';
import { quoted, sparkType } from './types.ts';

/** `name(distinct a) filter (where b) ignore nulls over (…)`; those whose order matters are written out elsewhere. */
export function aggregate({ name, args, distinct, filter, ignoreNulls, over }: AggregateCall): string {
  const where = filter === undefined ? '' : ` filter (where ${filter})`;
  const nulls = ignoreNulls ? ' ignore nulls' : '';
  const window = over === undefined ? '' : ` over ${over}`;
  return `${name}(${distinct ? 'distinct ' : ''}${args.join(', ')})${where}${nulls}${window}`;
}

/** One bit per argument, the last one the lowest. */
export const grouping = (args: readonly string[]): string =>
  args.map((arg) => `cast(grouping(${arg}) as bigint)`).reduce((bits, bit) => `(${bits} * 2 + ${bit})`);

/** Arrays and maps side by side, the shorter filled with nulls. */
export function unnest({ values, columns, ordinality }: Unnested, context: Context): string {
  const [only, ...others] = values;
  if (only !== undefined && others.length === 0 && !ordinality) {
    const isRows = only.type.kind === 'array' && only.type.element.kind === 'row';
    return `lateral ${isRows ? 'inline' : 'explode'}(${only.sql})`;
  }
  const [zipped, position] = [quoted(context.unique('z')), quoted(context.unique('i'))];
  const lists = values.map(
    ({ sql, type }) => `coalesce(${type.kind === 'map' ? `map_entries(${sql})` : sql}, array())`,
  );
  const elements = values.map(({ type }, index) => `\`v${index}\`: ${elementType(type)}`);
  const zip = `cast(arrays_zip(${lists.join(', ')}) as array<struct<${elements.join(', ')}>>)`;
  const parts = values.flatMap(({ type }, index) => steps(type).map((step) => `${zipped}.\`v${index}\`${step}`));
  const items = ordinality ? [...parts, `cast(${position} + 1 as bigint)`] : parts;
  const fields = columns.map((_, index) => `'c${index}', ${items[index]}`).join(', ');
  return `lateral inline(transform(${zip}, (${zipped}, ${position}) -> named_struct(${fields})))`;
}

function elementType(type: SqlType): string {
  if (type.kind === 'map') {
    return `struct<\`key\`: ${sparkType(type.key)}, \`value\`: ${sparkType(type.value)}>`;
  }
  return type.kind === 'array' ? sparkType(type.element) : 'string';
}

function steps(type: SqlType): readonly string[] {
  if (type.kind === 'map') {
    return ['.`key`', '.`value`'];
  }
  const element = type.kind === 'array' ? type.element : undefined;
  return element?.kind === 'row' ? element.fields.map((field, index) => `.${quoted(fieldName(field, index))}`) : [''];
}

/** An inline table takes constants only; rows of anything else are joined one by one. */
export function values(rows: readonly (readonly Operand[])[], types: readonly SqlType[]): string {
  const cells = rows.map((row) => row.map((cell, index) => coerced(cell, types[index] ?? cell.type)));
  const isConstant = cells.every((row) => row.every((cell) => !/`|\(select /.test(cell)));
  return isConstant
    ? `values ${cells.map((row) => `(${row.join(', ')})`).join(', ')}`
    : cells.map((row) => `select ${row.join(', ')}`).join(' union all ');
}

/** Generators that refer to the outer query are not planned within EXISTS, but are within an aggregate. */
export const exists = (query: string): string =>
  query.includes(' lateral ') ? `((select count(1) from (${query})) > 0)` : `exists (${query})`;

/**
 * Spark answers false where Trino answers null: for an unknown value, or one that is not there among nulls. Where null
 * counts as false there is no difference.
 */
export function isIn({ values, query, negated, filtering }: Membership, context: Context): string {
  const value = values.length === 1 ? (values[0] ?? '') : `(${values.join(', ')})`;
  if (filtering) {
    return `(${value} ${negated ? 'not ' : ''}in (${query}))`;
  }
  const alias = quoted(context.unique('candidates'));
  const names = values.map((_, index) => quoted(`c${index}`));
  const mayBe = names.map((name, index) => {
    const [a, b] = [`${alias}.${name}`, values[index]];
    return `(${a} = ${b} or ${a} is null or ${b} is null)`;
  });
  const unknown = `exists (select 1 from (${query}) as ${alias}(${names.join(', ')}) where ${mayBe.join(' and ')})`;
  return `case when ${value} in (${query}) then ${!negated} when ${unknown} then null else ${negated} end`;
}

/** Compared with the least and the greatest of all rows. */
export function quantified({ value, operator, quantifier, query }: Quantified, context: Context): string {
  if (quantifier === 'any' && operator !== '=') {
    return `(not ${quantified({ value, operator: OPPOSITE[operator], quantifier: 'all', query }, context)})`;
  }
  if (operator === '<>' || quantifier === 'any') {
    return isIn({ values: [value], query, negated: operator === '<>', filtering: false }, context);
  }
  const alias = quoted(context.unique('all'));
  const c = `${alias}.\`c\``;
  const summary = `(select named_struct('low', min(${c}), 'high', max(${c}), 'rows', count(1), 'known', count(${c})) from (${query}) as ${alias}(\`c\`))`;
  return bound([summary, value], context, ([all = '', x = '']) => {
    const [low, high] = [`${x} ${operator} ${all}.low`, `${x} ${operator} ${all}.high`];
    return `case when ${all}.rows = 0 then true when not (${low} and ${high}) then false when ${x} is null or ${all}.known < ${all}.rows then null else true end`;
  });
}

const OPPOSITE = { '=': '<>', '<>': '=', '<': '>=', '<=': '>', '>': '<=', '>=': '<' } as const;

/** A subquery that depends on the outer row must be an aggregate. */
export function scalar(query: string, isManyOf: boolean, context: Context): string {
  if (!isManyOf) {
    return `(${query})`;
  }
  const alias = quoted(context.unique('scalar'));
  const several = `raise_error(${text('Scalar sub-query has returned multiple rows')})`;
  return `(select case when count(1) > 1 then ${several} else first(${alias}.\`c\`) end from (${query}) as ${alias}(\`c\`))`;
}
