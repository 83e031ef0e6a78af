import type { Call } from '../dialect/ast.ts';
import { formsOf, UNTRANSLATED } from '../dialect/functions/index.ts';
import { FUNCTION_NAMES } from '../dialect/index.ts';
import { tokenize } from '../dialect/parse/tokens.ts';
import { walkQuery } from '../dialect/walk.ts';
import { compileError } from './errors.ts';
import { nearest } from './nearest.ts';
import type { Statement } from './syntax.ts';

/** Functions that Trino has learnt since, and what does the same in Athena's engine version 3. */
export const NEWER_THAN_ATHENA: ReadonlyMap<string, string> = new Map([
  ['any_value', 'Use min, max or arbitrary.'],
  ['sinh', 'Use (exp(x) - exp(-x)) / 2.'],
]);

/** What to write for functions that Athena has and not every engine. */
export const ALTERNATIVES: ReadonlyMap<string, string> = new Map([
  ['approx_most_frequent', 'Rank the values by count(*) in a window.'],
  ['approx_set', 'Use count(distinct …).'],
  ['checksum', 'Use md5 of a text of the row.'],
  ['combinations', 'Join the unnested elements with themselves.'],
  ['crc32', 'Use md5 or sha256.'],
  ['hmac_sha256', 'Tokens are made at ingestion: read the token columns.'],
  ['json_array_get', 'Use json_extract with a path.'],
  ['json_exists', 'Use json_extract(…) is not null.'],
  ['json_query', 'Use json_extract.'],
  ['json_value', 'Use json_extract_scalar.'],
  ['map_union', 'Use unnest and map_agg.'],
  ['map_zip_with', 'Use transform_values with element_at.'],
  ['murmur3', 'Use md5 or sha256.'],
  ['ngrams', 'Use sequence and slice.'],
  ['numeric_histogram', 'Use width_bucket and count(*).'],
  ['reduce_agg', 'Use reduce over array_agg(… order by …).'],
  ['regexp_position', 'Use strpos of what regexp_extract finds.'],
  ['sha512', 'Use sha256.'],
  ['soundex', 'Use levenshtein_distance.'],
  ['spooky_hash_v2_64', 'Use md5 or sha256.'],
  ['xxhash64', 'Use md5 or sha256.'],
]);

/** Throws `unsupported_sql` for what Athena does not know or not every engine can do, and `sql_error` for unknown functions. */
export function refuseUnportable(statement: Statement): void {
  walkQuery(statement.query, {
    expression: (node) => {
      if (node.kind === 'call') refuseFunction(node, statement);
    },
  });
  if (/\d_/.test(statement.sql)) refuseUnderscores(statement);
}

function refuseFunction({ name, at }: Call, { placeOf }: Statement): void {
  const newer = NEWER_THAN_ATHENA.get(name);
  if (newer !== undefined) {
    throw compileError('unsupported_sql', placeOf(at), `Athena does not have the function ${name}`, newer);
  }
  if (name === 'grouping' || formsOf(name).length > 0) return;
  if (UNTRANSLATED.has(name)) {
    const advice = ALTERNATIVES.get(name) ?? 'docs/dialect.md tells which functions run on every engine.';
    throw compileError('unsupported_sql', placeOf(at), `${name} does not run on every engine`, advice);
  }
  const like = nearest(name, FUNCTION_NAMES);
  const advice = like === undefined ? 'docs/dialect.md tells which functions there are.' : `Did you mean "${like}"?`;
  throw compileError('sql_error', placeOf(at), `there is no function ${name}`, advice);
}

/** `1_000` is a number to newer releases of Trino only. */
function refuseUnderscores({ sql, placeOf }: Statement): void {
  const number = tokenize(sql).find(({ kind, text }) => kind === 'number' && text.includes('_'));
  if (number === undefined) return;
  const advice = `Write ${number.value}.`;
  throw compileError('unsupported_sql', placeOf(number.at), `Athena does not read the number ${number.text}`, advice);
}
