import type { Expression } from '../ast.ts';
import { atTimeZone } from '../functions/dates.ts';
import {
  ANY,
  arrayOf,
  BOOLEAN,
  DATE,
  isInteger,
  isInterval,
  isNumeric,
  isOpen,
  TIMESTAMP,
  typeName,
  VARCHAR,
} from '../types.ts';
import { translateCall } from './calls.ts';
import { cast } from './cast.ts';
import { commonTypeOf } from './common-type.ts';
import { type Context, requireConstruct } from './context.ts';
import { interval, literal, typedLiteral } from './literals.ts';
import { translateName } from './names.ts';
import { arithmetic } from './operators.ts';
import { between, compared, inList, likePattern, subquery } from './predicates.ts';
import type { Operand, Scope } from './scope.ts';

/** Clauses of which Trino words the complaint a little otherwise than of terms. */
const CLAUSES = new Set(['WHERE clause', 'HAVING clause', 'JOIN ON clause']);
const NOT_OPERAND = 'Value of logical NOT expression';

type NodeOf<K extends Expression['kind']> = Extract<Expression, { kind: K }>;

/** An expression as the target's text with its Trino type. */
export function translateExpression(node: Expression, scope: Scope, outer: Context): Operand {
  const isTerm = node.kind === 'in_query' || (node.kind === 'logical' && node.operator === 'and');
  const context = outer.filtering && !isTerm ? { ...outer, filtering: false } : outer;
  const inner = (child: Expression): Operand => translateExpression(child, scope, context);
  switch (node.kind) {
    case 'literal':
      return literal(node, context);
    case 'typed_literal':
      return typedLiteral(node, context);
    case 'interval':
      return interval(node, context);
    case 'parameter':
      return parameter(node, context);
    case 'name':
    case 'field':
      return translateName(node, scope, context);
    case 'subscript':
      return subscript(inner(node.base), inner(node.index), node, context);
    case 'call':
      return translateCall(node, scope, context);
    case 'lambda':
      throw context.fail('INVALID_ARGUMENTS', 'Lambda expression should always be used inside a function', node.at);
    case 'cast':
      return cast(inner(node.value), node, node.safe ? { ...context, trying: true } : context);
    case 'sign':
      return signed(inner(node.value), node, context);
    case 'not':
      return { sql: `(not ${condition(node.value, scope, context, NOT_OPERAND).sql})`, type: BOOLEAN };
    case 'logical':
      return logical(node, scope, context);
    case 'arithmetic':
      return arithmetic(node.operator, inner(node.left), inner(node.right), context, node.at);
    case 'concat':
      return concatenation(node, scope, context);
    case 'comparison':
      return compared(node.operator, inner(node.left), inner(node.right), node.at, context);
    case 'distinct_from':
      return compared(
        `is ${node.negated ? 'not ' : ''}distinct from`,
        inner(node.left),
        inner(node.right),
        node.at,
        context,
      );
    case 'is_null':
      return { sql: `(${inner(node.value).sql} is ${node.negated ? 'not ' : ''}null)`, type: BOOLEAN };
    case 'between':
      return between(node, scope, context);
    case 'in_list':
      return inList(node, scope, context);
    case 'like':
      return likePattern(node, scope, context);
    case 'in_query':
    case 'exists':
    case 'subquery':
    case 'quantified':
      return subquery(node, scope, context);
    case 'case':
      return caseExpression(node, scope, context);
    case 'array':
      return array(node, scope, context);
    case 'row':
      return row(node.values.map(inner), context);
    case 'at_time_zone':
      return atTimeZone(inner(node.value), zoneName(node.zone, context), context);
    case 'extract':
      return extract(node, scope, context);
    case 'current':
      return current(node, context);
  }
}

/** An expression that must be true or false. */
export function condition(
  node: Expression,
  scope: Scope,
  context: Context,
  where = 'Logical expression term',
): Operand {
  const filtering = CLAUSES.has(where) || context.filtering;
  const operand = translateExpression(node, scope, { ...context, filtering });
  if (operand.type.kind !== 'boolean' && !isOpen(operand.type)) {
    const actual = typeName(operand.type);
    const end = CLAUSES.has(where) ? `: actual type ${actual}` : ` (actual: ${actual})`;
    throw context.fail('TYPE_MISMATCH', `${where} must evaluate to a boolean${end}`, node.at);
  }
  return operand.type.kind === 'null' ? { sql: context.target.coerced(operand, BOOLEAN), type: BOOLEAN } : operand;
}

function parameter({ index, at }: NodeOf<'parameter'>, context: Context): Operand {
  const value = context.parameters[index];
  if (value === undefined) {
    const detail = `Incorrect number of parameters: expected at least ${index + 1} but found ${context.parameters.length}`;
    throw context.fail('INVALID_PARAMETER_USAGE', detail, at);
  }
  return value;
}

function signed(operand: Operand, { negative, at }: NodeOf<'sign'>, context: Context): Operand {
  const { sql, type } = operand;
  if (!negative) {
    return operand;
  }
  if (!isNumeric(type) && !isInterval(type) && !isOpen(type)) {
    throw context.fail('TYPE_MISMATCH', `Cannot negate ${typeName(type)}`, at);
  }
  return { sql: context.target.negative(sql), type };
}

function logical({ operator, terms }: NodeOf<'logical'>, scope: Scope, context: Context): Operand {
  const parts = terms.map((term) => condition(term, scope, context).sql);
  return { sql: `(${parts.join(` ${operator} `)})`, type: BOOLEAN };
}

function concatenation(node: NodeOf<'concat'>, scope: Scope, context: Context): Operand {
  const args = [node.left, node.right];
  return translateCall(
    { kind: 'call', name: 'concat', args, star: false, distinct: false, orderBy: [], ignoreNulls: false, at: node.at },
    scope,
    context,
  );
}

function caseExpression(node: NodeOf<'case'>, scope: Scope, context: Context): Operand {
  const operand = node.operand === undefined ? undefined : translateExpression(node.operand, scope, context);
  const whens = node.whens.map((when) => {
    const test =
      operand === undefined
        ? condition(when.condition, scope, context, 'CASE WHEN clause')
        : translateExpression(when.condition, scope, context);
    return { test, result: { ...translateExpression(when.result, scope, context), at: when.result.at } };
  });
  const otherwise = node.otherwise && {
    ...translateExpression(node.otherwise, scope, context),
    at: node.otherwise.at,
  };
  const results = [...whens.map(({ result }) => result), ...(otherwise === undefined ? [] : [otherwise])];
  const type = commonTypeOf(results, 'All CASE results', context);
  const written = (result: Operand): string => context.target.coerced(result, type);
  const branches = whens.map(({ test, result }) => `when ${test.sql} then ${written(result)}`);
  const last = otherwise === undefined ? '' : ` else ${written(otherwise)}`;
  return { sql: `case ${operand === undefined ? '' : `${operand.sql} `}${branches.join(' ')}${last} end`, type };
}

function array({ elements }: NodeOf<'array'>, scope: Scope, context: Context): Operand {
  const items = elements.map((element) => ({ ...translateExpression(element, scope, context), at: element.at }));
  const type = commonTypeOf(items, 'All ARRAY elements', context);
  return { sql: context.target.array(items.map((item) => context.target.coerced(item, type))), type: arrayOf(type) };
}

function row(values: readonly Operand[], { target }: Context): Operand {
  return {
    sql: target.row(values.map(({ sql }) => sql)),
    type: { kind: 'row', fields: values.map(({ type }) => ({ type })) },
  };
}

/** An element that must be there: Trino fails where DuckDB would answer null. */
function subscript(base: Operand, index: Operand, node: NodeOf<'subscript'>, context: Context): Operand {
  const { type } = base;
  if (type.kind === 'array' && !isInteger(index.type) && !isOpen(index.type)) {
    const detail = `Cannot use ${typeName(index.type)} for subscript of ${typeName(type)}`;
    throw context.fail('TYPE_MISMATCH', detail, node.at);
  }
  const { target, trying } = context;
  if (type.kind === 'array') {
    return { sql: target.element(base.sql, index.sql, trying, context), type: type.element };
  }
  if (type.kind === 'map') {
    return { sql: target.entry(base.sql, target.coerced(index, type.key), trying, context), type: type.value };
  }
  if (type.kind === 'row' && node.index.kind === 'literal') {
    const position = Number(node.index.value);
    const field = type.fields[position - 1];
    if (field === undefined) {
      throw context.fail('INVALID_ARGUMENTS', `Field ordinal ${position} out of range for ${typeName(type)}`, node.at);
    }
    return { sql: target.field(base.sql, field.name, position - 1), type: field.type };
  }
  if (!isOpen(type)) {
    const detail = `Cannot apply operator: ${typeName(type)}[${typeName(index.type)}]`;
    throw context.fail('TYPE_MISMATCH', detail, node.at);
  }
  return { sql: `${base.sql}[${index.sql}]`, type: ANY };
}

function zoneName(zone: Expression, context: Context): string {
  if (zone.kind === 'literal' && zone.type === 'string') {
    return zone.value;
  }
  throw context.fail('NOT_SUPPORTED', 'The zone of AT TIME ZONE must be a string literal', zone.at);
}

const EXTRACTS: Readonly<Record<string, string>> = { dow: 'day_of_week', doy: 'day_of_year', yow: 'year_of_week' };

function extract({ field, value, at }: NodeOf<'extract'>, scope: Scope, context: Context): Operand {
  const name = EXTRACTS[field] ?? field;
  return translateCall(
    { kind: 'call', name, args: [value], star: false, distinct: false, orderBy: [], ignoreNulls: false, at },
    scope,
    context,
  );
}

function current({ what, precision, at }: NodeOf<'current'>, context: Context): Operand {
  const { target } = context;
  const local = target.localTime(target.now, 'UTC');
  switch (what) {
    case 'date':
      return { sql: target.today, type: DATE };
    case 'timestamp':
      return { sql: target.now, type: { kind: 'timestamp', precision: precision ?? 3, zone: 'UTC' } };
    case 'localtimestamp':
      return { sql: local, type: { ...TIMESTAMP, kind: 'timestamp', precision: precision ?? 3 } };
    case 'localtime':
    case 'time':
      requireConstruct('time', context, at);
      return { sql: `cast(${local} as ${target.type({ kind: 'time' })})`, type: { kind: 'time' } };
    case 'catalog':
      return { sql: "'awsdatacatalog'", type: VARCHAR };
    default:
      throw context.fail('NOT_SUPPORTED', `CURRENT_${what.toUpperCase()} is not supported`, at);
  }
}
