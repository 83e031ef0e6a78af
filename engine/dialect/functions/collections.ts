import type { Spelling } from '../targets/target.ts';
import type { Context } from '../translate/context.ts';
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
import { fill, spell } from './template.ts';

const ANY: SqlType = { kind: 'any' };
const mapKey = (type: SqlType | undefined): SqlType => (type?.kind === 'map' ? type.key : ANY);
const mapValue = (type: SqlType | undefined): SqlType => (type?.kind === 'map' ? type.value : ANY);
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

const transform: Translation = (site) => {
  const lambda = site.lambda(1, [elementOf(site.arg(0).type)]);
  const name = spell(site, { duckdb: 'list_transform', spark: 'transform' });
  return { sql: `${name}(${site.arg(0).sql}, ${lambda.sql})`, type: arrayOf(lambda.type) };
};

const filter: Translation = (site) => {
  const lambda = site.lambda(1, [elementOf(site.arg(0).type)]);
  const name = spell(site, { duckdb: 'list_filter', spark: 'filter' });
  return { sql: `${name}(${site.arg(0).sql}, ${lambda.sql})`, type: site.arg(0).type };
};

const matches =
  (macro: string, spark: string): Translation =>
  (site) => {
    const lambda = site.lambda(1, [elementOf(site.arg(0).type)]);
    const [list] = site.args.map(({ sql }) => sql);
    const sql = spell(site, {
      duckdb: `${macro}(list_transform(${list}, ${lambda.sql}))`,
      spark: `(${spark}(${list}, ${lambda.sql}))`,
    });
    return { sql, type: BOOLEAN };
  };

/** A fold whose state may have another type than the elements. */
const reduce: Translation = (site) => (site.context.target.name === 'spark' ? sparkReduce(site) : duckDbReduce(site));

const sparkReduce: Translation = (site) => {
  const { target } = site.context;
  const [list, initial] = [site.arg(0), site.arg(1)];
  const item = elementOf(list.type);
  const state = commonType(initial.type, site.lambda(2, [initial.type, item]).type) ?? initial.type;
  const [s, x] = ['s', 'x'].map((name) => target.quoted(site.context.unique(name)));
  const step = site.lambda(2, [state, item], [s ?? '', x ?? '']);
  const typed = state.kind === 'null' ? step.sql : `cast(${step.sql} as ${target.type(state)})`;
  const last = site.lambda(3, [state]);
  const sql = `aggregate(${list.sql}, ${target.coerced(initial, state)}, (${s}, ${x}) -> ${typed}, ${last.sql})`;
  return { sql, type: last.type };
};

/** DuckDB folds elements of one type only, so that state and element travel in one struct. */
const duckDbReduce: Translation = (site) => {
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
  if (site.context.target.name === 'spark') {
    const lambda = site.lambda(2, [elementOf(a.type), elementOf(b.type)]);
    return { sql: `zip_with(${a.sql}, ${b.sql}, ${lambda.sql})`, type: arrayOf(lambda.type) };
  }
  const pair = site.context.unique('pair');
  const body = site.lambda(2, [elementOf(a.type), elementOf(b.type)], [`"${pair}"[1]`, `"${pair}"[2]`]);
  return {
    sql: `list_transform(list_zip(${a.sql}, ${b.sql}), lambda "${pair}": ${body.sql})`,
    type: arrayOf(body.type),
  };
};

/** A function of Spark's that takes a map and a lambda over its keys and values. */
function overMap(site: CallSite, name: string): Operand {
  const map = site.arg(0);
  const lambda = site.lambda(1, [mapKey(map.type), mapValue(map.type)]);
  return { sql: `${name}(${map.sql}, ${lambda.sql})`, type: lambda.type };
}

/** A lambda over a map's entries: its body with `entry.key` and `entry.value` in place of the parameters. */
function overEntries(site: CallSite): { entries: string; entry: string; body: Operand } {
  const map = site.arg(0);
  const entry = `"${site.context.unique('entry')}"`;
  const types = [mapKey(map.type), mapValue(map.type)];
  return { entries: `map_entries(${map.sql})`, entry, body: site.lambda(1, types, [`${entry}.key`, `${entry}.value`]) };
}

const mapFilter: Translation = (site) => {
  if (site.context.target.name === 'spark') {
    return { sql: overMap(site, 'map_filter').sql, type: site.arg(0).type };
  }
  const { entries, entry, body } = overEntries(site);
  return { sql: `map_from_entries(list_filter(${entries}, lambda ${entry}: ${body.sql}))`, type: site.arg(0).type };
};

const transformValues: Translation = (site) => {
  if (site.context.target.name === 'spark') {
    const { sql, type } = overMap(site, 'transform_values');
    return { sql, type: mapOf(mapKey(site.arg(0).type), type) };
  }
  const { entries, entry, body } = overEntries(site);
  const values = `list_transform(${entries}, lambda ${entry}: ${body.sql})`;
  return { sql: `map(map_keys(${site.arg(0).sql}), ${values})`, type: mapOf(mapKey(site.arg(0).type), body.type) };
};

const transformKeys: Translation = (site) => {
  if (site.context.target.name === 'spark') {
    const { sql, type } = overMap(site, 'transform_keys');
    return { sql, type: mapOf(type, mapValue(site.arg(0).type)) };
  }
  const { entries, entry, body } = overEntries(site);
  const keys = `list_transform(${entries}, lambda ${entry}: ${body.sql})`;
  return { sql: `map(${keys}, map_values(${site.arg(0).sql}))`, type: mapOf(body.type, mapValue(site.arg(0).type)) };
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
  'all_match(array, function)': matches('athena_all', 'forall'),
  'any_match(array, function)': matches('athena_any', 'exists'),
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
  'filter(array, function)': filter,
  'flatten(array)': to(element, { duckdb: 'flatten($1)', spark: 'flatten(filter($1, x -> x is not null))' }),
  'map()': to(mapOf({ kind: 'null' }, { kind: 'null' }), { duckdb: 'map([], [])', spark: 'map()' }),
  'map(array, array)': to((args) => mapOf(elementOf(args[0]?.type), elementOf(args[1]?.type)), {
    duckdb: 'map($1, $2)',
    spark:
      "case when size($1) > size(array_distinct($1)) then raise_error('Duplicate map keys are not allowed') else map_from_arrays($1, $2) end",
  }),
  'map_concat(map, map...)': to(arrayOfArgs, 'map_concat($*)'),
  'map_entries(map)': (site) => ({ sql: `map_entries(${site.arg(0).sql})`, type: entriesType(site.arg(0)) }),
  'map_filter(map, function)': mapFilter,
  'map_from_entries(array)': to(mapFromEntries, 'map_from_entries($1)'),
  'map_keys(map)': to((args) => arrayOf(mapKey(args[0]?.type)), 'map_keys($1)'),
  'map_values(map)': to((args) => arrayOf(mapValue(args[0]?.type)), 'map_values($1)'),
  'none_match(array, function)': matches('not athena_any', 'not exists'),
  'reduce(array, any, function, function)': reduce,
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
  'transform(array, function)': transform,
  'transform_keys(map, function)': transformKeys,
  'transform_values(map, function)': transformValues,
  'trim_array(array, integer)': to(like(0), { duckdb: '$1[1:len($1) - $2]', spark: 'slice($1, 1, size($1) - $2int)' }),
  'zip(array, array)': zip,
  'zip_with(array, array, function)': zipWith,
});
