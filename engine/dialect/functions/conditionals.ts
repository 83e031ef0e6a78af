import { commonTypeOf } from '../translate/common-type.ts';
import type { Operand } from '../translate/scope.ts';
import { BOOLEAN, commonType, typeName, VARCHAR } from '../types.ts';
import { functions, like, type Translation, to } from './signature.ts';

const NULL: Operand = { sql: 'null', type: { kind: 'null' } };

const conditional: Translation = (site) => {
  const [condition, then, otherwise = NULL] = [site.arg(0), site.arg(1), site.args[2]];
  const type = commonType(then.type, otherwise.type);
  if (type === undefined) {
    const detail = `Result types for IF must be the same: ${typeName(then.type)} vs ${typeName(otherwise.type)}`;
    throw site.context.fail('TYPE_MISMATCH', detail, site.call.at);
  }
  const [yes, no] = [then, otherwise].map((branch) => site.context.target.coerced(branch, type));
  const test = site.context.target.coerced(condition, BOOLEAN);
  return { sql: `case when ${test} then ${yes} else ${no} end`, type };
};

const coalesce: Translation = ({ args, call, context }) => {
  const operands = args.map(({ type }, index) => ({ type, at: call.args[index]?.at ?? call.at }));
  const type = commonTypeOf(operands, 'All COALESCE operands', context);
  return { sql: `coalesce(${args.map((arg) => context.target.coerced(arg, type)).join(', ')})`, type };
};

export const CONDITIONAL_FUNCTIONS = functions('scalar', {
  'coalesce(any, any...)': coalesce,
  'if(boolean, any)': conditional,
  'if(boolean, any, any)': conditional,
  'nullif(any, any)': to(like(0), 'nullif($1, $2)'),
  'try(any)': to(like(0), { duckdb: 'try($1)', spark: '$1' }),
  'typeof(any)': (site) => ({ sql: `'${typeName(site.arg(0).type)}'`, type: VARCHAR }),
});
