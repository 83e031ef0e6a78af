import type { Expression } from '../ast.ts';
import { isFloating, isInteger, isNested, isOpen, isText, type SqlType, typeName, typeOf } from '../types.ts';
import { type Context, requireConstruct } from './context.ts';
import type { Operand } from './scope.ts';

/** `cast` and `try_cast`; without a type or a conversion, Trino's complaint. */
export function cast(operand: Operand, node: Extract<Expression, { kind: 'cast' }>, context: Context): Operand {
  const target = typeOf(node.type);
  if (target === undefined) {
    const name = node.type.kind === 'named' ? node.type.name : node.type.kind;
    throw context.fail('TYPE_MISMATCH', `Unknown type: ${name}`, node.at);
  }
  if (target.kind === 'time') {
    requireConstruct('time', context, node.at);
  }
  if (!castable(operand.type, target)) {
    const detail = `Cannot cast ${typeName(operand.type)} to ${typeName(target)}`;
    throw context.fail('TYPE_MISMATCH', detail, node.at);
  }
  return context.target.convert(operand, target, node.safe || context.trying, context);
}

/** Whether Trino has a conversion between the types at all. */
function castable(from: SqlType, to: SqlType): boolean {
  if (isOpen(from) || isOpen(to) || from.kind === 'json' || to.kind === 'json' || from.kind === to.kind) {
    return true;
  }
  const numeric = (type: SqlType): boolean =>
    isInteger(type) || isFloating(type) || type.kind === 'decimal' || type.kind === 'boolean';
  const temporal = (type: SqlType): boolean => ['date', 'time', 'timestamp'].includes(type.kind);
  if (isText(from)) {
    return isText(to) || numeric(to) || temporal(to) || to.kind === 'varbinary';
  }
  if (isText(to)) {
    return !isNested(from) && from.kind !== 'varbinary';
  }
  return (numeric(from) && numeric(to)) || (temporal(from) && temporal(to));
}
