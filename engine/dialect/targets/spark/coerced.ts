import type { Operand } from '../../translate/scope.ts';
import type { SqlType } from '../../types.ts';
import { sparkType } from './types.ts';

/** The value cast to a type that Trino gives it by itself; types that are not known stay. */
export function coerced({ sql, type }: Operand, target: SqlType): string {
  if (isUnknown(target) || type.kind === 'any') {
    return sql;
  }
  return type.kind !== 'null' && sparkType(type) === sparkType(target) ? sql : `cast(${sql} as ${sparkType(target)})`;
}

function isUnknown(type: SqlType): boolean {
  switch (type.kind) {
    case 'null':
    case 'any':
      return true;
    case 'array':
      return isUnknown(type.element);
    case 'map':
      return isUnknown(type.key) || isUnknown(type.value);
    case 'row':
      return type.fields.some((field) => isUnknown(field.type));
    default:
      return false;
  }
}
