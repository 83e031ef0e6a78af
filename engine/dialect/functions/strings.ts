import { text } from '../translate/literals.ts';
import type { Operand } from '../translate/scope.ts';
import { arrayOf, BIGINT, BOOLEAN, INTEGER, mapOf, type SqlType, VARBINARY, VARCHAR } from '../types.ts';
import { functions, type Translation, to } from './signature.ts';

/** Java's `$1` in a replacement is RE2's `\1`. */
const regexpReplace: Translation = (site) => {
  const value = site.arg(0).sql;
  const pattern = site.arg(1).sql;
  const replacement = site.args.length < 3 ? '' : site.constant(2);
  const re2 = replacement.replaceAll(/\\(.)|\$(\d)/g, (_, escaped: string | undefined, group: string | undefined) =>
    group === undefined ? (escaped ?? '') : `\\${group}`,
  );
  return { sql: `regexp_replace(${value}, ${pattern}, ${text(re2)}, 'g')`, type: VARCHAR };
};

/** A start of zero or before the text gives an empty text; where the start is known to be neither, DuckDB agrees. */
const substring: Translation = ({ args }) => {
  const [, start, length] = args.map(({ sql }) => sql);
  const isAgreed = /^[1-9]\d*$/.test(start ?? '') && /^\d*$/.test(length ?? '');
  const macro = length === undefined ? 'athena_substr' : 'athena_substring';
  return { sql: `${isAgreed ? 'substr' : macro}(${args.map(({ sql }) => sql).join(', ')})`, type: VARCHAR };
};

/** An array of the text's own type: no part is longer than the whole. */
const parts = (args: readonly Operand[]): SqlType => arrayOf(args[0]?.type ?? VARCHAR);

export const STRING_FUNCTIONS = functions('scalar', {
  'chr(bigint)': to(VARCHAR, 'chr(cast($1 as integer))'),
  'codepoint(varchar)': to(INTEGER, 'unicode($1)'),
  'concat_ws(varchar, array)': to(VARCHAR, 'array_to_string($2, $1)'),
  'concat_ws(varchar, varchar...)': to(VARCHAR, 'concat_ws($*)'),
  'format(varchar, any...)': to(VARCHAR, 'printf($*)'),
  'from_utf8(varbinary)': to(VARCHAR, 'decode($1)'),
  'hamming_distance(varchar, varchar)': to(BIGINT, 'hamming($1, $2)'),
  'length(varbinary)': to(BIGINT, 'octet_length($1)'),
  'length(varchar)': to(BIGINT, 'length($1)'),
  'levenshtein_distance(varchar, varchar)': to(BIGINT, 'levenshtein($1, $2)'),
  'lower(varchar)': to(VARCHAR, 'lower($1)'),
  'lpad(varchar, bigint, varchar)': to(VARCHAR, 'lpad($1, cast($2 as integer), $3)'),
  'ltrim(varchar)': to(VARCHAR, 'ltrim($1, athena_whitespace())'),
  'ltrim(varchar, varchar)': to(VARCHAR, 'ltrim($1, $2)'),
  'normalize(varchar)': to(VARCHAR, 'nfc_normalize($1)'),
  'regexp_count(varchar, varchar)': to(BIGINT, 'len(regexp_extract_all($1, $2))'),
  'regexp_extract(varchar, varchar)': to(VARCHAR, 'athena_regexp_extract($1, $2, 0)'),
  'regexp_extract(varchar, varchar, bigint)': to(VARCHAR, 'athena_regexp_extract($1, $2, $3)'),
  'regexp_extract_all(varchar, varchar)': to(arrayOf(VARCHAR), 'regexp_extract_all($1, $2)'),
  'regexp_extract_all(varchar, varchar, bigint)': to(arrayOf(VARCHAR), 'regexp_extract_all($1, $2, $3)'),
  'regexp_like(varchar, varchar)': to(BOOLEAN, 'regexp_matches($1, $2)'),
  'regexp_replace(varchar, varchar)': regexpReplace,
  'regexp_replace(varchar, varchar, varchar)': regexpReplace,
  'regexp_split(varchar, varchar)': to(arrayOf(VARCHAR), 'regexp_split_to_array($1, $2)'),
  'replace(varchar, varchar)': to(VARCHAR, "replace($1, $2, '')"),
  'replace(varchar, varchar, varchar)': to(VARCHAR, 'replace($1, $2, $3)'),
  'reverse(varchar)': to(VARCHAR, 'reverse($1)'),
  'rpad(varchar, bigint, varchar)': to(VARCHAR, 'rpad($1, cast($2 as integer), $3)'),
  'rtrim(varchar)': to(VARCHAR, 'rtrim($1, athena_whitespace())'),
  'rtrim(varchar, varchar)': to(VARCHAR, 'rtrim($1, $2)'),
  'split(varchar, varchar)': to(parts, 'string_split($1, $2)'),
  'split(varchar, varchar, bigint)': to(parts, 'athena_split($1, $2, $3)'),
  'split_part(varchar, varchar, bigint)': to(VARCHAR, 'string_split($1, $2)[$3]'),
  'split_to_map(varchar, varchar, varchar)': to(mapOf(VARCHAR, VARCHAR), 'athena_split_to_map($1, $2, $3)'),
  'starts_with(varchar, varchar)': to(BOOLEAN, 'starts_with($1, $2)'),
  'strpos(varchar, varchar)': to(BIGINT, 'strpos($1, $2)'),
  'substr(varchar, bigint)': substring,
  'substr(varchar, bigint, bigint)': substring,
  'substring(varchar, bigint)': substring,
  'substring(varchar, bigint, bigint)': substring,
  'to_utf8(varchar)': to(VARBINARY, 'encode($1)'),
  'translate(varchar, varchar, varchar)': to(VARCHAR, 'translate($1, $2, $3)'),
  'trim(varchar)': to(VARCHAR, 'trim($1, athena_whitespace())'),
  'trim(varchar, varchar)': to(VARCHAR, 'trim($1, $2)'),
  'upper(varchar)': to(VARCHAR, 'upper($1)'),
  'url_decode(varchar)': to(VARCHAR, "url_decode(replace($1, '+', ' '))"),
  'url_encode(varchar)': to(VARCHAR, 'athena_url_encode($1)'),
  'url_extract_fragment(varchar)': to(VARCHAR, 'athena_url_part($1, 9)'),
  'url_extract_host(varchar)': to(VARCHAR, 'athena_url_part($1, 3)'),
  'url_extract_parameter(varchar, varchar)': to(VARCHAR, 'athena_url_parameter($1, $2)'),
  'url_extract_path(varchar)': to(VARCHAR, 'athena_url_part($1, 5)'),
  'url_extract_port(varchar)': to(BIGINT, "cast(nullif(athena_url_part($1, 4), '') as bigint)"),
  'url_extract_protocol(varchar)': to(VARCHAR, 'athena_url_part($1, 1)'),
  'url_extract_query(varchar)': to(VARCHAR, 'athena_url_part($1, 7)'),
  'word_stem(varchar)': to(VARCHAR, "stem($1, 'english')"),
});

export const BINARY_FUNCTIONS = functions('scalar', {
  'from_base64(varchar)': to(VARBINARY, 'from_base64($1)'),
  'from_base64url(varchar)': to(VARBINARY, "from_base64(translate($1, '-_', '+/'))"),
  'from_hex(varchar)': to(VARBINARY, 'unhex($1)'),
  'md5(varbinary)': to(VARBINARY, 'unhex(md5($1))'),
  'sha1(varbinary)': to(VARBINARY, 'unhex(sha1($1))'),
  'sha256(varbinary)': to(VARBINARY, 'unhex(sha256($1))'),
  'to_base64(varbinary)': to(VARCHAR, 'to_base64($1)'),
  'to_base64url(varbinary)': to(VARCHAR, "translate(to_base64($1), '+/', '-_')"),
  'to_hex(varbinary)': to(VARCHAR, 'hex($1)'),
});
