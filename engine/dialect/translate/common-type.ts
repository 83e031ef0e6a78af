import { commonType, type SqlType, typeName } from '../types.ts';
import type { Context } from './context.ts';

/** The type to which all values convert; the first that does not fit is named as Trino names it. */
export function commonTypeOf(
  values: readonly { readonly type: SqlType; readonly at: number }[],
  what: string,
  context: Context,
): SqlType {
  return values.reduce<SqlType>(
    (common, { type, at }) => {
      const both = commonType(common, type);
      if (both !== undefined) {
        return both;
      }
      const names = [...new Set(values.map((value) => typeName(value.type)))].join(', ');
      const pair = `between ${typeName(common)} and ${typeName(type)}, all types (without duplicates): [${names}]`;
      const rule = `${what} must be the same type or coercible to a common type`;
      throw context.fail('TYPE_MISMATCH', `${rule}. Cannot find common type ${pair}`, at);
    },
    { kind: 'null' },
  );
}
