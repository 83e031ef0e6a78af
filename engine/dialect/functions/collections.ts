import { asText } from '../translate/cast.ts';
import type { Operand } from '../translate/scope.ts';
import {
  arrayOf,
  BIGINT,
  BOOLEAN,
  commonType,
  duckDbType,
  isInteger,
  mapOf,
  type SqlType,
  typeName,
  VARCHAR,
} from '../types.ts';
import { type CallSite, elementOf, functions, like, type Translation, to } from './signature.ts';

const ANY: SqlType = { kind: 'any' };
const mapKey = (type: SqlType | undefined): SqlType => (type?.kind === 'map' ? type.key : ANY);
const mapValue = (type: SqlType | undefined): SqlType => (type?.kind === 'map' ? type.value : ANY);
const element = (args: readonly Operand[]): SqlType => elementOf(args[0]?.type);
const arrayOfArgs = (args: readonly Operand[]): SqlType => {
  const joined = args.map(({ type }) => type).reduce((a, b) => commonType(a, b) ?? a);
  return joined;
};

const arrayJoin: Translation = (site) => {
  const [list, delimiter, whenNull] = site.args.map(({ sql }) => sql);
  const item = site.context.unique('item');
  const written = asText({ sql: `"${item}"`, type: elementOf(site.arg(0).type) });
  const filled = whenNull === undefined ? written : `coalesce(${written}, ${whenNull})`;
  return { sql: `array_to_string(list_transform(${list}, lambda "${item}": ${filled}), ${delimiter})`, type: VARCHAR };
};

/** Whole numbers by step (1 or -1 by direction), dates and timestamps by interval (a day). */
const sequence: Translation = (site) => {
  const [start, stop] = [site.arg(0), site.arg(1)];
  const step = site.args[2]?.sql;
  if (isInteger(start.type)) {
    const by = step ?? `case when ${start.sql} <= ${stop.sql} then 1 else -1 end`;
    return { sql: `generate_series(${start.sql}, ${stop.sql}, ${by})`, type: arrayOf(BIGINT) };
  }
  const { type } = start;
  const series = `generate_series(cast(${start.sql} as timestamp), cast(${stop.sql} as timestamp), ${step ?? "interval '1 day'"})`;
  return { sql: type.kind === 'date' ? `cast(${series} as date[])` : series, type: arrayOf(type) };
};

const transform: Translation = (site) => {
  const lambda = site.lambda(1, [elementOf(site.arg(0).type)]);
  return { sql: `list_transform(${site.arg(0).sql}, ${lambda.sql})`, type: arrayOf(lambda.type) };
};

const filter: Translation = (site) => {
  const lambda = site.lambda(1, [elementOf(site.arg(0).type)]);
  return { sql: `list_filter(${site.arg(0).sql}, ${lambda.sql})`, type: site.arg(0).type };
};

const matches =
  (macro: string): Translation =>
  (site) => {
    const lambda = site.lambda(1, [elementOf(site.arg(0).type)]);
    return { sql: `${macro}(list_transform(${site.arg(0).sql}, ${lambda.sql}))`, type: BOOLEAN };
  };

/**
 * A fold whose state may have another type than the elements. DuckDB folds elements of one type only, so that state
 * and element travel in one struct.
 */
const reduce: Translation = (site) => {
  const [list, initial] = [site.arg(0), site.arg(1)];
  const item = elementOf(list.type);
  const [left, right] = [site.context.unique('left'), site.context.unique('right')];
  const bindings = [`"${left}".s`, `"${right}".x`];
  const first = site.lambda(2, [initial.type, item], bindings);
  const state = commonType(initial.type, first.type) ?? initial.type;
  const step = site.lambda(2, [state, item], bindings);
  const typed = (sql: string, type: SqlType) =>
    type.kind === 'any' || type.kind === 'null' ? sql : `cast(${sql} as ${duckDbType(type)})`;
  const seed = `[{'s': ${typed(initial.sql, state)}, 'x': ${typed('null', item)}}]`;
  const element = site.context.unique('element');
  const rest = `list_transform(${list.sql}, lambda "${element}": {'s': ${typed('null', state)}, 'x': "${element}"})`;
  const body = `lambda "${left}", "${right}": {'s': ${typed(step.sql, state)}, 'x': ${typed('null', item)}}`;
  const folded = `case when ${list.sql} is not null then list_reduce(list_concat(${seed}, ${rest}), ${body}).s end`;
  return site.lambda(3, [state], [`(${folded})`]);
};

const zipWith: Translation = (site) => {
  const [a, b] = [site.arg(0), site.arg(1)];
  const pair = site.context.unique('pair');
  const body = site.lambda(2, [elementOf(a.type), elementOf(b.type)], [`"${pair}"[1]`, `"${pair}"[2]`]);
  return {
    sql: `list_transform(list_zip(${a.sql}, ${b.sql}), lambda "${pair}": ${body.sql})`,
    type: arrayOf(body.type),
  };
};

/** A lambda over a map's entries: its body with `entry.key` and `entry.value` in place of the parameters. */
function overEntries(site: CallSite): { entries: string; entry: string; body: Operand } {
  const map = site.arg(0);
  const entry = `"${site.context.unique('entry')}"`;
  const types = [mapKey(map.type), mapValue(map.type)];
  return { entries: `map_entries(${map.sql})`, entry, body: site.lambda(1, types, [`${entry}.key`, `${entry}.value`]) };
}

const mapFilter: Translation = (site) => {
  const { entries, entry, body } = overEntries(site);
  return { sql: `map_from_entries(list_filter(${entries}, lambda ${entry}: ${body.sql}))`, type: site.arg(0).type };
};

const transformValues: Translation = (site) => {
  const { entries, entry, body } = overEntries(site);
  const values = `list_transform(${entries}, lambda ${entry}: ${body.sql})`;
  return { sql: `map(map_keys(${site.arg(0).sql}), ${values})`, type: mapOf(mapKey(site.arg(0).type), body.type) };
};

const transformKeys: Translation = (site) => {
  const { entries, entry, body } = overEntries(site);
  const keys = `list_transform(${entries}, lambda ${entry}: ${body.sql})`;
  return { sql: `map(${keys}, map_values(${site.arg(0).sql}))`, type: mapOf(body.type, mapValue(site.arg(0).type)) };
};

/** An entry of an array or map, null where there is none. */
const elementAt: Translation = (site) => {
  const [base, index] = [site.arg(0), site.arg(1)];
  const type = base.type.kind === 'map' ? base.type.value : elementOf(base.type);
  return {
    sql: base.type.kind === 'map' ? `${base.sql}[${index.sql}]` : `list_extract(${base.sql}, ${index.sql})`,
    type,
  };
};

/** `concat` and `||`: text, arrays, an array and an element. */
export const concat: Translation = ({ args, context, call }) => {
  const type = args.map((arg) => arg.type).find(({ kind }) => kind === 'array');
  if (type !== undefined) {
    return args.reduce((a, b) => concatArrays(a, b));
  }
  const joined = args.map(({ type: each }) => each).reduce((a, b) => commonType(a, b) ?? { kind: 'date' });
  if (!['varchar', 'char', 'varbinary', 'any', 'null'].includes(joined.kind)) {
    const given = args.map(({ type: each }) => typeName(each)).join(', ');
    const detail = `Unexpected parameters (${given}) for function concat. Expected: concat(varchar, varchar), concat(array(E), array(E)), concat(varbinary, varbinary)`;
    throw context.fail('FUNCTION_NOT_FOUND', detail, call.at);
  }
  return { sql: `(${args.map(({ sql }) => sql).join(' || ')})`, type: joined.kind === 'varchar' ? VARCHAR : joined };
};

function concatArrays(a: Operand, b: Operand): Operand {
  const isList = ({ type }: Operand) => type.kind === 'array' || type.kind === 'any';
  const [left, right] = [a, b].map((side) =>
    isList(side) ? side : { sql: `[${side.sql}]`, type: arrayOf(side.type) },
  );
  if (left === undefined || right === undefined) {
    return a;
  }
  return {
    sql: `athena_array_concat(${left.sql}, ${right.sql})`,
    type: commonType(left.type, right.type) ?? left.type,
  };
}

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
  'all_match(array, function)': matches('athena_all'),
  'any_match(array, function)': matches('athena_any'),
  'array_distinct(array)': to(like(0), 'athena_array_distinct($1)'),
  'array_except(array, array)': to(like(0), 'athena_array_except($1, $2)'),
  'array_intersect(array, array)': to(like(0), 'athena_array_intersect($1, $2)'),
  'array_join(array, varchar)': arrayJoin,
  'array_join(array, varchar, varchar)': arrayJoin,
  'array_max(array)': to(element, 'case when len(list_filter($1, lambda x: x is null)) = 0 then list_max($1) end'),
  'array_min(array)': to(element, 'case when len(list_filter($1, lambda x: x is null)) = 0 then list_min($1) end'),
  'array_position(array, any)': to(
    BIGINT,
    'case when $1 is not null and $2 is not null then coalesce(list_position($1, $2), 0) end',
  ),
  'array_remove(array, any)': to(like(0), 'list_filter($1, lambda x: x is distinct from $2)'),
  'array_sort(array)': to(like(0), "list_sort($1, 'ASC', 'NULLS LAST')"),
  'array_union(array, array)': to(arrayOfArgs, 'athena_array_distinct(athena_array_concat($1, $2))'),
  'arrays_overlap(array, array)': to(BOOLEAN, 'list_has_any($1, $2)'),
  'cardinality(array)': to(BIGINT, 'len($1)'),
  'cardinality(map)': to(BIGINT, 'cast(cardinality($1) as bigint)'),
  'concat(any, any...)': concat,
  'contains(array, any)': to(BOOLEAN, 'athena_contains($1, $2)'),
  'element_at(array, bigint)': elementAt,
  'element_at(map, any)': elementAt,
  'filter(array, function)': filter,
  'flatten(array)': to(element, 'flatten($1)'),
  'map()': to(mapOf({ kind: 'null' }, { kind: 'null' }), 'map([], [])'),
  'map(array, array)': to((args) => mapOf(elementOf(args[0]?.type), elementOf(args[1]?.type)), 'map($1, $2)'),
  'map_concat(map, map...)': to(arrayOfArgs, 'map_concat($*)'),
  'map_entries(map)': (site) => ({ sql: `map_entries(${site.arg(0).sql})`, type: entriesType(site.arg(0)) }),
  'map_filter(map, function)': mapFilter,
  'map_from_entries(array)': to(mapFromEntries, 'map_from_entries($1)'),
  'map_keys(map)': to((args) => arrayOf(mapKey(args[0]?.type)), 'map_keys($1)'),
  'map_values(map)': to((args) => arrayOf(mapValue(args[0]?.type)), 'map_values($1)'),
  'none_match(array, function)': matches('not athena_any'),
  'reduce(array, any, function, function)': reduce,
  'repeat(any, integer)': to((args) => arrayOf(args[0]?.type ?? ANY), 'list_transform(range($2), lambda x: $1)'),
  'reverse(array)': to(like(0), 'list_reverse($1)'),
  'sequence(datetime, datetime)': sequence,
  'sequence(datetime, datetime, interval)': sequence,
  'sequence(integer, integer)': sequence,
  'sequence(integer, integer, integer)': sequence,
  'slice(array, integer, integer)': to(like(0), 'athena_slice($1, $2, $3)'),
  'transform(array, function)': transform,
  'transform_keys(map, function)': transformKeys,
  'transform_values(map, function)': transformValues,
  'trim_array(array, integer)': to(like(0), '$1[1:len($1) - $2]'),
  'zip(array, array)': to(
    (args) => arrayOf({ kind: 'row', fields: args.map(({ type }) => ({ type: elementOf(type) })) }),
    'list_zip($1, $2)',
  ),
  'zip_with(array, array, function)': zipWith,
});
