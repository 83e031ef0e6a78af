import { TributaryError } from '../../../common/errors.ts';
import type { FieldColumn } from '../../iceberg/types.ts';
import { parseType, type SqlType } from '../../sql-type.ts';

export interface ResultColumn {
  readonly name: string;
  /** As DuckDB describes it: `DECIMAL(38,2)`, `VARCHAR[]`. */
  readonly type: string;
}

/**
 * Compares what a SELECT yields with what the model declares. Names must be the same, in any order; a type may differ
 * in width, but not in kind. Throws `schema_mismatch`, which names every difference.
 */
export function requireDeclaredColumns(result: readonly ResultColumn[], declared: readonly FieldColumn[]): void {
  const yielded = new Map(result.map((column) => [column.name.toLowerCase(), column.type]));
  const names = new Set(declared.map((column) => column.name));
  const missing = declared.filter((column) => !yielded.has(column.name)).map((column) => `${column.name} is missing`);
  const extra = [...yielded.keys()].filter((name) => !names.has(name)).map((name) => `${name} is not declared`);
  const different = declared.flatMap(({ name, type }) => {
    const from = yielded.get(name);
    return from === undefined || isSameKind(from, parseType(type)) ? [] : [`${name} is ${from}, not ${type}`];
  });
  const differences = [...missing, ...extra, ...different];
  if (differences.length === 0) return;
  throw new TributaryError({
    code: 'schema_mismatch',
    message: `the result differs from the declared columns: ${differences.join('; ')}`,
    advice: 'Change the SELECT, or the columns in the model’s header. Cast where a change of kind is meant.',
  });
}

const INTEGERS = /^U?(TINY|SMALL|BIG|HUGE)INT$|^U?INTEGER$/;
const TEXTS = /^(VARCHAR|UUID|JSON|ENUM.*)$/;

/** Whether a value of DuckDB's type `from` is of the declared kind, so that casting it changes its width at most. */
function isSameKind(from: string, to: SqlType): boolean {
  if (from.endsWith('[]')) return to.kind === 'array' && isSameKind(from.slice(0, -2), to.element);
  switch (to.kind) {
    case 'integer':
    case 'bigint':
      return INTEGERS.test(from) || /^DECIMAL\(\d+,0\)$/.test(from);
    case 'decimal':
    case 'real':
    case 'double':
      return INTEGERS.test(from) || /^(DECIMAL\(.*|FLOAT|DOUBLE)$/.test(from);
    case 'varchar':
      return TEXTS.test(from);
    case 'binary':
      return from === 'BLOB';
    case 'boolean':
      return from === 'BOOLEAN';
    case 'date':
      return from === 'DATE';
    case 'timestamp':
      return from === 'DATE' || from.startsWith('TIMESTAMP');
    default:
      return false;
  }
}
