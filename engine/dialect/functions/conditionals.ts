import { commonTypeOf } from '../translate/common-type.ts';
import type { Operand } from '../translate/scope.ts';
import { type SqlType, typeName, VARCHAR } from '../types.ts';
import { type CallSite, functions, like, type Translation, to } from './signature.ts';

const conditional: Translation = (site) => {
  const [condition, ...results] = site.args;
  const [then, otherwise] = results;
  const sql = `case when ${condition?.sql} then ${then?.sql}${otherwise === undefined ? '' : ` else ${otherwise.sql}`} end`;
  return { sql, type: commonOf(site, 'IF', results, 1) };
};

const coalesce: Translation = (site) => ({
  sql: `coalesce(${site.args.map(({ sql }) => sql).join(', ')})`,
  type: commonOf(site, 'COALESCE', site.args, 0),
});

/** Common type of the arguments from an index on. */
function commonOf(site: CallSite, what: string, operands: readonly Operand[], from: number): SqlType {
  const values = operands.map(({ type }, index) => ({ type, at: site.call.args[index + from]?.at ?? site.call.at }));
  return commonTypeOf(values, `All ${what} operands`, site.context);
}

export const CONDITIONAL_FUNCTIONS = functions('scalar', {
  'coalesce(any, any...)': coalesce,
  'if(boolean, any)': conditional,
  'if(boolean, any, any)': conditional,
  'nullif(any, any)': to(like(0), 'nullif($1, $2)'),
  'try(any)': to(like(0), 'try($1)'),
  'typeof(any)': (site) => ({ sql: `'${typeName(site.arg(0).type)}'`, type: VARCHAR }),
});
