import type { Operand } from '../translate/scope.ts';
import { arrayOf, BOOLEAN, commonType, duckDbType, mapOf, type SqlType } from '../types.ts';
import { byTarget, type CallSite, elementOf, functions, mapKey, mapValue, type Translation } from './signature.ts';
import { spell } from './template.ts';

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

const sparkZipWith: Translation = (site) => {
  const [a, b] = [site.arg(0), site.arg(1)];
  const lambda = site.lambda(2, [elementOf(a.type), elementOf(b.type)]);
  return { sql: `zip_with(${a.sql}, ${b.sql}, ${lambda.sql})`, type: arrayOf(lambda.type) };
};

const duckDbZipWith: Translation = (site) => {
  const [a, b] = [site.arg(0), site.arg(1)];
  const pair = site.context.unique('pair');
  const body = site.lambda(2, [elementOf(a.type), elementOf(b.type)], [`"${pair}"[1]`, `"${pair}"[2]`]);
  return {
    sql: `list_transform(list_zip(${a.sql}, ${b.sql}), lambda "${pair}": ${body.sql})`,
    type: arrayOf(body.type),
  };
};

/** A function of Spark's that takes a map and a lambda over its keys and values. */
const sparkMap =
  (name: string, returns: (map: SqlType, body: SqlType) => SqlType): Translation =>
  (site) => {
    const map = site.arg(0);
    const lambda = site.lambda(1, [mapKey(map.type), mapValue(map.type)]);
    return { sql: `${name}(${map.sql}, ${lambda.sql})`, type: returns(map.type, lambda.type) };
  };

/** A lambda over a map's entries: its body with `entry.key` and `entry.value` in place of the parameters. */
function overEntries(site: CallSite): { entries: string; entry: string; body: Operand } {
  const map = site.arg(0);
  const entry = `"${site.context.unique('entry')}"`;
  const types = [mapKey(map.type), mapValue(map.type)];
  return { entries: `map_entries(${map.sql})`, entry, body: site.lambda(1, types, [`${entry}.key`, `${entry}.value`]) };
}

const duckDbMapFilter: Translation = (site) => {
  const { entries, entry, body } = overEntries(site);
  return { sql: `map_from_entries(list_filter(${entries}, lambda ${entry}: ${body.sql}))`, type: site.arg(0).type };
};

const duckDbTransformValues: Translation = (site) => {
  const { entries, entry, body } = overEntries(site);
  const values = `list_transform(${entries}, lambda ${entry}: ${body.sql})`;
  return { sql: `map(map_keys(${site.arg(0).sql}), ${values})`, type: mapOf(mapKey(site.arg(0).type), body.type) };
};

const duckDbTransformKeys: Translation = (site) => {
  const { entries, entry, body } = overEntries(site);
  const keys = `list_transform(${entries}, lambda ${entry}: ${body.sql})`;
  return { sql: `map(${keys}, map_values(${site.arg(0).sql}))`, type: mapOf(body.type, mapValue(site.arg(0).type)) };
};

/** Functions that take lambdas. */
export const LAMBDA_FUNCTIONS = functions('scalar', {
  'all_match(array, function)': matches('athena_all', 'forall'),
  'any_match(array, function)': matches('athena_any', 'exists'),
  'filter(array, function)': filter,
  'map_filter(map, function)': byTarget({
    duckdb: duckDbMapFilter,
    spark: sparkMap('map_filter', (map) => map),
  }),
  'none_match(array, function)': matches('not athena_any', 'not exists'),
  'reduce(array, any, function, function)': byTarget({ duckdb: duckDbReduce, spark: sparkReduce }),
  'transform(array, function)': transform,
  'transform_keys(map, function)': byTarget({
    duckdb: duckDbTransformKeys,
    spark: sparkMap('transform_keys', (map, body) => mapOf(body, mapValue(map))),
  }),
  'transform_values(map, function)': byTarget({
    duckdb: duckDbTransformValues,
    spark: sparkMap('transform_values', (map, body) => mapOf(mapKey(map), body)),
  }),
  'zip_with(array, array, function)': byTarget({ duckdb: duckDbZipWith, spark: sparkZipWith }),
});
