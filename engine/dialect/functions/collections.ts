import type { Spelling } from '../targets/target.ts';
import type { Context } from '../translate/context.ts';
import type { Operand } from '../translate/scope.ts';
import {
  ANY,
  arrayOf,
  BIGINT,
  BOOLEAN,
  commonType,
  isInteger,
  mapOf,
  type SqlType,
  typeName,
  VARCHAR,
} from '../types.ts';
import { elementOf, functions, like, mapKey, mapValue, type Translation, to } from './signature.ts';
import { fill, spell } from './template.ts';

const element = (args: readonly Operand[]): SqlType => elementOf(args[0]?.type);
const arrayOfArgs = (args: readonly Operand[]): SqlType => {
  const joined = args.map(({ type }) => type).reduce((a, b) => commonType(a, b) ?? a);
  return joined;
};

/** A function of an array and what may be an element of it. */
const withElement =
  (returns: (args: readonly Operand[]) => SqlType, spelling: Spelling): Translation =>
  (site) => {
    const [list, item] = [site.arg(0), site.arg(1)];
    const type = commonType(elementOf(list.type), item.type) ?? item.type;
    const { target } = site.context;
    const args = [
      { sql: target.coerced(list, arrayOf(type)), type: arrayOf(type) },
      { sql: target.coerced(item, type), type },
    ];
    return { sql: fill(spell(site, spelling), args, site.context), type: returns(site.args) };
  };

const arrayJoin: Translation = (site) => {
  const { target } = site.context;
  const [list, delimiter, whenNull] = site.args.map(({ sql }) => sql);
  const item = target.quoted(site.context.unique('item'));
  const written = target.asText({ sql: item, type: elementOf(site.arg(0).type) }, site.context);
  const filled = target.lambda([item], whenNull === undefined ? written : `coalesce(${written}, ${whenNull})`);
  const sql = spell(site, {
    duckdb: `array_to_string(list_transform(${list}, ${filled}), ${delimiter})`,
    spark: `array_join(transform(${list}, ${filled}), ${delimiter})`,
  });
  return { sql, type: VARCHAR };
};

/** Whole numbers by step (1 or -1 by direction), dates and timestamps by interval (a day). */
const sequence: Translation = (site) => {
  const [start, stop] = [site.arg(0), site.arg(1)];
  const step = site.args[2]?.sql;
  if (isInteger(start.type)) {
    const by = step ?? `case when ${start.sql} <= ${stop.sql} then 1 else -1 end`;
    const sql = spell(site, {
      duckdb: `generate_series(${start.sql}, ${stop.sql}, ${by})`,
      spark: `sequence(${site.args.map(({ sql: bound }) => `cast(${bound} as bigint)`).join(', ')})`,
    });
    return { sql, type: arrayOf(BIGINT) };
  }
  const { type } = start;
  const series = `generate_series(cast(${start.sql} as timestamp), cast(${stop.sql} as timestamp), ${step ?? "interval '1 day'"})`;
  const sql = spell(site, {
    duckdb: type.kind === 'date' ? `cast(${series} as date[])` : series,
    spark: `sequence(${start.sql}, ${stop.sql}, ${step ?? "interval '1' day"})`,
  });
  return { sql, type: arrayOf(type) };
};

/** An entry of an array or map, null where there is none. */
const elementAt: Translation = (site) => {
  const [base, index] = [site.arg(0), site.arg(1)];
  const type = base.type.kind === 'map' ? base.type.value : elementOf(base.type);
  const spelling: Spelling =
    base.type.kind === 'map'
      ? `$1[${site.context.target.coerced(index, base.type.key)}]`
      : { duckdb: 'list_extract($1, $2)', spark: 'try_element_at($1, $2int)' };
  return to(type, spelling)(site);
};

/** `concat` and `||`: text, arrays, an array and an element. */
export const concat: Translation = ({ args, context, call }) => {
  const type = args.map((arg) => arg.type).find(({ kind }) => kind === 'array');
  if (type !== undefined) {
    return args.reduce((a, b) => concatArrays(a, b, context));
  }
  const joined = args.map(({ type: each }) => each).reduce((a, b) => commonType(a, b) ?? { kind: 'date' });
  if (!['varchar', 'char', 'varbinary', 'any', 'null'].includes(joined.kind)) {
    const given = args.map(({ type: each }) => typeName(each)).join(', ');
    const detail = `Unexpected parameters (${given}) for function concat. Expected: concat(varchar, varchar), concat(array(E), array(E)), concat(varbinary, varbinary)`;
    throw context.fail('FUNCTION_NOT_FOUND', detail, call.at);
  }
  return { sql: `(${args.map(({ sql }) => sql).join(' || ')})`, type: joined.kind === 'varchar' ? VARCHAR : joined };
};

function concatArrays(a: Operand, b: Operand, { target }: Context): Operand {
  const isList = ({ type }: Operand) => type.kind === 'array' || type.kind === 'any';
  const [left, right] = [a, b].map((side) =>
    isList(side) ? side : { sql: target.array([side.sql]), type: arrayOf(side.type) },
  );
  if (left === undefined || right === undefined) {
    return a;
  }
  const type = commonType(left.type, right.type) ?? left.type;
  const name = target.name === 'spark' ? 'concat' : 'athena_array_concat';
  return { sql: `${name}(${target.coerced(left, type)}, ${target.coerced(right, type)})`, type };
}

const zip: Translation = (site) => {
  const type = arrayOf({ kind: 'row', fields: site.args.map((arg) => ({ type: elementOf(arg.type) })) });
  const spark = `cast(arrays_zip($*) as ${site.context.target.type(type)})`;
  return to(type, { duckdb: 'list_zip($1, $2)', spark })(site);
};

const entriesType = ({ type }: Operand): SqlType =>
  arrayOf({
    kind: 'row',
    fields: [
      { name: 'key', type: mapKey(type) },
      { name: 'value', type: mapValue(type) },
    ],
  });

const mapFromEntries = (args: readonly Operand[]): SqlType => {
  const row = element(args);
  const [key, value] = row.kind === 'row' ? row.fields : [];
  return mapOf(key?.type ?? ANY, value?.type ?? ANY);
};

export const COLLECTION_FUNCTIONS = functions('scalar', {
  'array_distinct(array)': to(like(0), { duckdb: 'athena_array_distinct($1)', spark: 'array_distinct($1)' }),
  'array_except(array, array)': to(like(0), { duckdb: 'athena_array_except($1, $2)', spark: 'array_except($1, $2)' }),
  'array_intersect(array, array)': to(like(0), {
    duckdb: 'athena_array_intersect($1, $2)',
    spark: 'array_intersect($1, $2)',
  }),
  'array_join(array, varchar)': arrayJoin,
  'array_join(array, varchar, varchar)': arrayJoin,
  'array_max(array)': to(element, {
    duckdb: 'case when len(list_filter($1, lambda x: x is null)) = 0 then list_max($1) end',
    spark: 'case when not exists($1, x -> x is null) then array_max($1) end',
  }),
  'array_min(array)': to(element, {
    duckdb: 'case when len(list_filter($1, lambda x: x is null)) = 0 then list_min($1) end',
    spark: 'case when not exists($1, x -> x is null) then array_min($1) end',
  }),
  'array_position(array, any)': withElement(() => BIGINT, {
    duckdb: 'case when $1 is not null and $2 is not null then coalesce(list_position($1, $2), 0) end',
    spark: 'array_position($1, $2)',
  }),
  'array_remove(array, any)': withElement(like(0), {
    duckdb: 'list_filter($1, lambda x: x is distinct from $2)',
    spark: 'filter($1, x -> x is distinct from $2)',
  }),
  'array_sort(array)': to(like(0), { duckdb: "list_sort($1, 'ASC', 'NULLS LAST')", spark: 'array_sort($1)' }),
  'array_union(array, array)': to(arrayOfArgs, {
    duckdb: 'athena_array_distinct(athena_array_concat($1, $2))',
    spark: 'array_union($1, $2)',
  }),
  'arrays_overlap(array, array)': to(BOOLEAN, { duckdb: 'list_has_any($1, $2)', spark: 'arrays_overlap($1, $2)' }),
  'cardinality(array)': to(BIGINT, { duckdb: 'len($1)', spark: 'cast(size($1) as bigint)' }),
  'cardinality(map)': to(BIGINT, 'cast(cardinality($1) as bigint)'),
  'concat(any, any...)': concat,
  'contains(array, any)': withElement(() => BOOLEAN, {
    duckdb: 'athena_contains($1, $2)',
    spark: 'array_contains($1, $2)',
  }),
  'element_at(array, bigint)': elementAt,
  'element_at(map, any)': elementAt,
  'flatten(array)': to(element, { duckdb: 'flatten($1)', spark: 'flatten(filter($1, x -> x is not null))' }),
  'map()': to(mapOf({ kind: 'null' }, { kind: 'null' }), { duckdb: 'map([], [])', spark: 'map()' }),
  'map(array, array)': to((args) => mapOf(elementOf(args[0]?.type), elementOf(args[1]?.type)), {
    duckdb: 'map($1, $2)',
    spark:
      "case when size($1) > size(array_distinct($1)) then raise_error('Duplicate map keys are not allowed') else map_from_arrays($1, $2) end",
  }),
  'map_concat(map, map...)': to(arrayOfArgs, 'map_concat($*)'),
  'map_entries(map)': (site) => ({ sql: `map_entries(${site.arg(0).sql})`, type: entriesType(site.arg(0)) }),
  'map_from_entries(array)': to(mapFromEntries, 'map_from_entries($1)'),
  'map_keys(map)': to((args) => arrayOf(mapKey(args[0]?.type)), 'map_keys($1)'),
  'map_values(map)': to((args) => arrayOf(mapValue(args[0]?.type)), 'map_values($1)'),
  'repeat(any, integer)': to((args) => arrayOf(args[0]?.type ?? ANY), {
    duckdb: 'list_transform(range($2), lambda x: $1)',
    spark: 'array_repeat($1, $2int)',
  }),
  'reverse(array)': to(like(0), { duckdb: 'list_reverse($1)', spark: 'reverse($1)' }),
  'sequence(datetime, datetime)': sequence,
  'sequence(datetime, datetime, interval)': sequence,
  'sequence(integer, integer)': sequence,
  'sequence(integer, integer, integer)': sequence,
  'slice(array, integer, integer)': to(like(0), {
    duckdb: 'athena_slice($1, $2, $3)',
    spark: 'slice($1, $2int, $3int)',
  }),
  'trim_array(array, integer)': to(like(0), { duckdb: '$1[1:len($1) - $2]', spark: 'slice($1, 1, size($1) - $2int)' }),
  'zip(array, array)': zip,
});
