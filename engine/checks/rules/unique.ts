import { z } from 'zod';
import { defineRule, type Target } from '../rule.ts';

/** Rows with a null in the key are left to not_null, as in SQL’s own unique constraints. */
export const unique = defineRule({
  name: 'unique',
  scopes: ['column', 'table'],
  dimension: 'uniqueness',
  description: 'No two rows have the same key.',
  remedy: 'Deduplicate by key and version in the model, or add the column that tells the rows apart to the key.',
  schema: z.strictObject({ columns: z.array(z.string()).min(1).optional() }),
  columns: ({ columns }) => columns ?? [],
  assert: ({ table, columns }) => {
    const key = columns.join(', ');
    const present = columns.map((column) => `${column} is not null`).join(' and ');
    const repeated = `select ${key}, count(*) as copies from ${table} where ${present} group by ${key} having count(*) > 1`;
    return {
      failures: `(select coalesce(sum(copies - 1), 0) from (${repeated}) as repeated)`,
      failingRow: inKeys(columns, `select ${key} from (${repeated}) as repeated`),
    };
  },
});

const inKeys = (columns: Target['columns'], keys: string): string =>
  columns.length === 1 ? `${columns.join()} in (${keys})` : `(${columns.join(', ')}) in (${keys})`;
