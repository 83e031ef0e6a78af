import type { Spelling, Target } from '../targets/target.ts';
import type { Context } from '../translate/context.ts';
import type { Operand } from '../translate/scope.ts';
import type { SqlType } from '../types.ts';
import type { CallSite } from './signature.ts';

/** The text of the target in hand; an error that names an alternative where it has none. */
export function spell({ context, call }: Pick<CallSite, 'context' | 'call'>, spelling: Spelling): string {
  const chosen = typeof spelling === 'string' ? spelling : spelling[context.target.name];
  if (typeof chosen === 'string') {
    return chosen;
  }
  const detail = `Function '${call.name}' has no equal on every engine: ${chosen.refused}`;
  throw context.fail('NOT_SUPPORTED', detail, call.at);
}

const PLACEHOLDER = /\$(\*|\d)(local|int)?/g;

/**
 * A template with its arguments: `$1` … are the arguments, `$*` all of them; `$1local` is a timestamp's wall-clock time
 * in its own zone, `$1int` a whole number of 32 bits.
 */
export function fill(template: string, args: readonly Operand[], context: Context): string {
  const uses = [...template.matchAll(PLACEHOLDER)].map(([, which]) => which);
  if (new Set(uses).size === uses.length) {
    return filled(template, args, context.target);
  }
  const texts = args.map(({ sql }) => sql);
  return context.target.bound(texts, context, (names) =>
    filled(
      template,
      args.map(({ type }, index) => ({ sql: names[index] ?? '', type })),
      context.target,
    ),
  );
}

function filled(template: string, args: readonly Operand[], target: Target): string {
  return template.replaceAll(PLACEHOLDER, (_, which: string, as: string | undefined) => {
    const operand = args[Number(which) - 1];
    if (which === '*' || operand === undefined) {
      return args.map(({ sql }) => sql).join(', ');
    }
    if (as === 'int') {
      return operand.type.kind === 'integer' ? operand.sql : `cast(${operand.sql} as int)`;
    }
    return as === 'local' ? localTime(operand, target) : operand.sql;
  });
}

/** A timestamp without zone: the wall-clock time of a zoned one. */
export function localTime({ sql, type }: Operand, target: Target): string {
  return type.kind === 'timestamp' && type.zone !== undefined ? target.localTime(sql, type.zone) : sql;
}

/** Wall-clock time back into the type of a timestamp or date. */
export function fromLocal(sql: string, type: SqlType, target: Target): Operand {
  if (type.kind === 'date') {
    return { sql: `cast(${sql} as date)`, type };
  }
  const zone = type.kind === 'timestamp' ? type.zone : undefined;
  return { sql: zone === undefined ? sql : target.instant(sql, zone), type };
}
