import { fieldName, quoted, type SqlType } from '../../types.ts';
import type { AggregateCall, Unnested } from '../target.ts';

/** `name(distinct a order by b) filter (where c) over (…)`. */
export function aggregate({ name, args, distinct, orderBy, filter, ignoreNulls, over }: AggregateCall): string {
  const items = orderBy.map(
    (item) => `${item.sql}${item.descending ? ' desc' : ''} nulls ${item.nullsFirst ? 'first' : 'last'}`,
  );
  const order = items.length === 0 ? '' : ` order by ${items.join(', ')}`;
  const inside = `${distinct ? 'distinct ' : ''}${args.join(', ')}${order}${ignoreNulls ? ' ignore nulls' : ''}`;
  const where = filter === undefined ? '' : ` filter (where ${filter})`;
  return `${name}(${inside})${where}${over === undefined ? '' : ` over ${over}`}`;
}

/** Arrays and maps side by side, the shorter filled with nulls. */
export function unnest({ values, ordinality }: Unnested): string {
  const items = values.flatMap(({ sql, type }) => parts(sql, type).map((part) => `unnest(${part})`));
  if (ordinality) {
    const lengths = values.map(({ sql, type }) => (type.kind === 'map' ? `cardinality(${sql})` : `len(${sql})`));
    items.push(`unnest(range(1, cast(greatest(${lengths.join(', ')}) as bigint) + 1))`);
  }
  return `lateral (select ${items.map((item, index) => `${item} as ${quoted(`c${index}`)}`).join(', ')})`;
}

function parts(sql: string, type: SqlType): readonly string[] {
  if (type.kind === 'map') {
    return [`map_keys(${sql})`, `map_values(${sql})`];
  }
  if (type.kind !== 'array' || type.element.kind !== 'row') {
    return [sql];
  }
  return type.element.fields.map((field, index) => {
    const step = field.name === undefined ? `[${index + 1}]` : `.${quoted(fieldName(field, index))}`;
    return `list_transform(${sql}, lambda "element": "element"${step})`;
  });
}
