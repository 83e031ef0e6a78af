import type { Operand } from '../translate/scope.ts';
import { commonType, type SqlType, typeName, VARCHAR } from '../types.ts';
import { type CallSite, functions, like, type Translation, to } from './signature.ts';

function commonOf(site: CallSite, operands: readonly Operand[]): SqlType {
  return operands
    .map(({ type }) => type)
    .reduce((a, b) => {
      const both = commonType(a, b);
      if (both === undefined) {
        const detail = `All ${site.call.name.toUpperCase()} operands must be the same type: ${typeName(a)}`;
        throw site.context.fail('TYPE_MISMATCH', `${detail}, ${typeName(b)}`, site.call.at);
      }
      return both;
    });
}

const conditional: Translation = (site) => {
  const [condition, ...results] = site.args;
  const [then, otherwise] = results;
  const sql = `case when ${condition?.sql} then ${then?.sql}${otherwise === undefined ? '' : ` else ${otherwise.sql}`} end`;
  return { sql, type: commonOf(site, results) };
};

const coalesce: Translation = (site) => ({
  sql: `coalesce(${site.args.map(({ sql }) => sql).join(', ')})`,
  type: commonOf(site, site.args),
});

export const CONDITIONAL_FUNCTIONS = functions('scalar', {
  'coalesce(any, any...)': coalesce,
  'if(boolean, any)': conditional,
  'if(boolean, any, any)': conditional,
  'nullif(any, any)': to(like(0), 'nullif($1, $2)'),
  'try(any)': to(like(0), 'try($1)'),
  'typeof(any)': (site) => ({ sql: `'${typeName(site.arg(0).type)}'`, type: VARCHAR }),
});
