/**
 * What every DuckDB connection runs first, so that translated Athena SQL means there what it means in Athena.
 * No parser is imported here: this file is bundled into Lambdas.
 *
 * `set variable as_of = date 'yyyy-mm-dd'` before a query sets what `current_date` and `current_timestamp` mean in it.
 */
const SETTINGS: readonly string[] = [
  "set TimeZone = 'UTC'",
  "set default_null_order = 'nulls_last'",
  'set integer_division = true',
  'set ieee_floating_point_ops = true',
];

/** Functions of Trino that are no single function of DuckDB, by signature; each uses only those before it. */
const MACROS: Readonly<Record<string, string>> = {
  // The logical time of a run stands for the clock.
  'athena_today()': "coalesce(cast(getvariable('as_of') as date), current_date)",
  'athena_now()': "coalesce(cast(getvariable('as_of') as timestamptz), current_timestamp)",

  // Numbers.
  'athena_divisor(x)': "case when x = 0 then error('Division by zero') else x end",
  'athena_rounded_quotient(n, d)': `(n // d) + case
    when 2 * abs(n % d) < abs(d) then 0 when (n < 0) <> (d < 0) then -1 else 1 end`,
  'athena_truncate(x, digits)': 'trunc(x * pow(10, digits)) / pow(10, digits)',
  'athena_ln(x)':
    "case when x = 0 then -cast('infinity' as double) when x < 0 then cast('nan' as double) else ln(x) end",
  'athena_sqrt(x)': "case when x < 0 then cast('nan' as double) else sqrt(x) end",
  'athena_digit(c)': "strpos('0123456789abcdefghijklmnopqrstuvwxyz', c) - 1",
  'athena_from_hexadecimal(s)': "cast('0x' || s as bigint)",
  'athena_from_base(s, radix)': `case when starts_with(s, '-') then -1 else 1 end * case
    when radix = 16 then athena_from_hexadecimal(ltrim(s, '-'))
    else list_reduce(list_transform(string_split(lower(ltrim(s, '-')), ''), lambda c: cast(athena_digit(c) as bigint)),
      lambda a, b: a * radix + b) end`,
  'athena_to_base(n, radix)': "case when n < 0 then '-' else '' end || lower(to_base(abs(n), cast(radix as integer)))",
  'athena_width_bucket(x, low, high, n)': `case when x < low then 0 when x >= high then n + 1
    else cast(floor((x - low) / (high - low) * n) as bigint) + 1 end`,
  'athena_integer_text(s, target)': `case when s is null or regexp_full_match(s, '\\s*[+-]?[0-9]+\\s*') then s
    else error('Cannot cast ''' || s || ''' to ' || target) end`,
  'athena_try_integer_text(s)': "case when regexp_full_match(s, '\\s*[+-]?[0-9]+\\s*') then s end",

  // Doubles as casts to varchar write them: one digit before the point, and always an exponent.
  'athena_mantissa(digits)': `left(digits, 1) || '.' || case when length(rtrim(digits, '0')) > 1
    then substr(rtrim(digits, '0'), 2) else '0' end`,
  'athena_scientific(s)': `case
    when contains(s, 'e') then split_part(s, 'e', 1) || case when contains(s, '.') then '' else '.0' end || 'E' ||
      cast(cast(split_part(s, 'e', 2) as integer) as varchar)
    when starts_with(s, '0.') then athena_mantissa(ltrim(split_part(s, '.', 2), '0')) || 'E-' ||
      cast(1 + length(split_part(s, '.', 2)) - length(ltrim(split_part(s, '.', 2), '0')) as varchar)
    else athena_mantissa(replace(s, '.', '')) || 'E' || cast(length(split_part(s, '.', 1)) - 1 as varchar) end`,
  'athena_floating_text(x)': `case when isnan(x) then 'NaN' when isinf(x) then if(x > 0, 'Infinity', '-Infinity')
    when x = 0 then '0E0'
    else if(x < 0, '-', '') || athena_scientific(cast(abs(x) as varchar)) end`,
  'athena_double_text(x)': 'athena_floating_text(cast(x as double))',
  'athena_real_text(x)': 'athena_floating_text(cast(x as float))',

  // Text.
  'athena_whitespace()': "chr(9) || chr(10) || chr(11) || chr(12) || chr(13) || ' '",
  'athena_substr(s, start)': "case when start = 0 or start < -length(s) then '' else substr(s, start) end",
  'athena_substring(s, start, n)':
    "case when start = 0 or start < -length(s) or n <= 0 then '' else substr(s, start, n) end",
  'athena_split(s, delimiter, n)': `list_concat(
    string_split(s, delimiter)[1:n - 1],
    case when len(string_split(s, delimiter)) >= n then [array_to_string(string_split(s, delimiter)[n:], delimiter)]
      else [] end)`,
  'athena_split_to_map(s, entries, pair)': `map(
    list_transform(string_split(s, entries), lambda e: string_split(e, pair)[1]),
    list_transform(string_split(s, entries), lambda e: string_split(e, pair)[2]))`,
  'athena_regexp_extract(s, pattern, n)':
    'case when regexp_matches(s, pattern) then regexp_extract_all(s, pattern, cast(n as integer))[1] end',
  'athena_url_encode(s)': "replace(replace(replace(url_encode(s), '%20', '+'), '%2A', '*'), '~', '%7E')",
  'athena_url_part(url, n)':
    "regexp_extract(url, '^([A-Za-z][A-Za-z0-9+.-]*):(//(?:[^/?#@]*@)?([^/?#:]*)(?::([0-9]+))?)?([^?#]*)([?]([^#]*))?(#(.*))?$', n)",
  'athena_url_parameter(url, name)': `url_decode(list_extract(list_transform(list_filter(
    string_split(athena_url_part(url, 7), '&'), lambda p: split_part(p, '=', 1) = name),
    lambda p: substr(p, length(name) + 2)), 1))`,

  // Arrays and maps; nulls count as elements, as in Trino.
  'athena_subscript(a, i)': `case when i = 0 then error('SQL array indices start at 1')
    when i < 0 then error('Array subscript is negative: ' || i)
    when i > len(a) then error('Array subscript must be less than or equal to array length: ' || i || ' > ' || len(a))
    else list_extract(a, i) end`,
  'athena_map_subscript(m, k)':
    "case when m is null or map_contains(m, k) then m[k] else error('Key not present in map: ' || cast(k as varchar)) end",
  'athena_has_null(a)': 'len(list_filter(a, lambda x: x is null)) > 0',
  'athena_contains(a, x)':
    'case when list_contains(a, x) then true when x is null or athena_has_null(a) then null else list_contains(a, x) end',
  'athena_any(a)': 'athena_contains(a, true)',
  'athena_all(a)': 'not athena_contains(a, false)',
  'athena_array_distinct(a)':
    'list_filter(a, lambda x, i: i = coalesce(list_position(a, x), list_position(list_transform(a, lambda y: y is null), true)))',
  'athena_array_concat(a, b)': 'case when a is not null and b is not null then list_concat(a, b) end',
  'athena_has(a, x)': 'coalesce(list_contains(a, x), false) or (x is null and athena_has_null(a))',
  'athena_array_except(a, b)':
    'case when b is not null then athena_array_distinct(list_filter(a, lambda x: not athena_has(b, x))) end',
  'athena_array_intersect(a, b)':
    'case when b is not null then athena_array_distinct(list_filter(a, lambda x: athena_has(b, x))) end',
  'athena_slice(a, start, n)': `case when start > 0 then a[start:start + n - 1]
    when start < 0 and -start <= len(a) then a[len(a) + start + 1:len(a) + start + n]
    when start = 0 then error('SQL array indices start at 1') else a[1:0] end`,
  'athena_map_of_known(pairs)': `map_from_entries(list_filter(pairs,
    lambda p, i: i = list_position(list_transform(pairs, lambda q: q.k), p.k)))`,
  'athena_multimap_of_known(pairs)': `map(
    athena_array_distinct(list_transform(pairs, lambda p: p.k)),
    list_transform(athena_array_distinct(list_transform(pairs, lambda p: p.k)),
      lambda k: list_transform(list_filter(pairs, lambda p: p.k = k), lambda p: p.v)))`,
  'athena_map_of_pairs(pairs)': 'athena_map_of_known(list_filter(pairs, lambda p: p is not null))',
  'athena_multimap_of_pairs(pairs)': 'athena_multimap_of_known(list_filter(pairs, lambda p: p is not null))',

  // JSON; text that is none gives null, as in Trino.
  'athena_json_extract(j, path)':
    'case when json_valid(cast(j as varchar)) then json_extract(cast(j as json), path) end',
  'athena_json_extract_scalar(j, path)': `case when json_valid(cast(j as varchar))
    and json_type(cast(j as json), path) not in ('OBJECT', 'ARRAY', 'NULL')
    then json_extract_string(cast(j as json), path) end`,
  'athena_json_array_length(j)': `case when json_valid(cast(j as varchar)) and json_type(cast(j as json)) = 'ARRAY'
    then cast(json_array_length(cast(j as json)) as bigint) end`,
  'athena_json_array_contains(j, x)': `case when json_valid(cast(j as varchar)) and json_type(cast(j as json)) = 'ARRAY'
    then list_contains(cast(cast(j as json) as json[]), to_json(x)) end`,
  'athena_json_size(j, path)': `case json_type(cast(j as json), path)
    when 'OBJECT' then len(json_keys(cast(j as json), path))
    when 'ARRAY' then cast(json_array_length(cast(j as json), path) as bigint)
    else case when json_type(cast(j as json), path) is not null then 0 end end`,
};

const macro = ([signature, body]: readonly [string, string]): string =>
  `create or replace temp macro ${signature} as (${body})`;

export const DUCKDB_PRELUDE: readonly string[] = [...SETTINGS, ...Object.entries(MACROS).map(macro)];
