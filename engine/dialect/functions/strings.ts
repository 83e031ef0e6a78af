import { escapedRegex } from '../targets/spark/text.ts';
import type { Spelling } from '../targets/target.ts';
import type { Operand } from '../translate/scope.ts';
import { arrayOf, BIGINT, BOOLEAN, INTEGER, mapOf, type SqlType, VARBINARY, VARCHAR } from '../types.ts';
import { type CallSite, functions, type Translation, to } from './signature.ts';
import { fill, spell } from './template.ts';

/** Java's `$1` in a replacement, which Spark takes as it is, is RE2's `\1`. */
const regexpReplace: Translation = (site) => {
  const value = site.arg(0).sql;
  const pattern = site.arg(1).sql;
  const replacement = site.args.length < 3 ? '' : site.constant(2);
  const re2 = replacement.replaceAll(/\\(.)|\$(\d)/g, (_, escaped: string | undefined, group: string | undefined) =>
    group === undefined ? (escaped ?? '') : `\\${group}`,
  );
  const { text } = site.context.target;
  const sql = spell(site, {
    duckdb: `regexp_replace(${value}, ${pattern}, ${text(re2)}, 'g')`,
    spark: `regexp_replace(${value}, ${pattern}, ${text(replacement)})`,
  });
  return { sql, type: VARCHAR };
};

/** A start of zero or before the text gives an empty text; where the start is known to be neither, engines agree. */
const substring: Translation = (site) => {
  const [, start, length] = site.args.map(({ sql }) => sql);
  const isAgreed = /^[1-9]\d*$/.test(start ?? '') && /^\d*$/.test(length ?? '');
  const outside = '$2 = 0 or $2 < -length($1)';
  const general: Spelling =
    length === undefined
      ? { duckdb: 'athena_substr($*)', spark: `case when ${outside} then '' else substr($1, $2int) end` }
      : {
          duckdb: 'athena_substring($*)',
          spark: `case when ${outside} or $3 <= 0 then '' else substr($1, $2int, $3int) end`,
        };
  return { sql: fill(isAgreed ? 'substr($*)' : spell(site, general), site.args, site.context), type: VARCHAR };
};

/** Spark splits by regular expressions; `rest` is the greatest number of parts, the last of which is the rest. */
const split: Translation = (site) => {
  const rest = site.args.length < 3 ? '-1' : '$3int';
  const sql = spell(site, {
    duckdb: site.args.length < 3 ? 'string_split($1, $2)' : 'athena_split($1, $2, $3)',
    spark: `split($1, ${literally(site, 1)}, ${rest})`,
  });
  return { sql: fill(sql, site.args, site.context), type: parts(site.args) };
};

const splitPart: Translation = (site) => {
  const sql = spell(site, {
    duckdb: 'string_split($1, $2)[$3]',
    spark: `get(split($1, ${literally(site, 1)}, -1), $3int - 1)`,
  });
  return { sql: fill(sql, site.args, site.context), type: VARCHAR };
};

const splitToMap: Translation = (site) => {
  const sql = spell(site, {
    duckdb: 'athena_split_to_map($1, $2, $3)',
    spark: `str_to_map($1, ${literally(site, 1)}, ${literally(site, 2)})`,
  });
  return { sql: fill(sql, site.args, site.context), type: mapOf(VARCHAR, VARCHAR) };
};

/** An argument as a regular expression of Java's that matches its text alone. */
function literally(site: CallSite, index: number): string {
  const node = site.call.args[index];
  return node?.kind === 'literal'
    ? site.context.target.text(escapedRegex(node.value))
    : `concat('\\\\Q', $${index + 1}, '\\\\E')`;
}

/** Java's formatter knows Spark's numbers and texts only. */
const format: Translation = (site) => {
  const args = site.args.map((arg) => {
    if (arg.type.kind === 'decimal') {
      return /%[^%a-z]*[efg]/i.test(site.arg(0).sql) ? `cast(${arg.sql} as double)` : `cast(${arg.sql} as string)`;
    }
    return ['date', 'timestamp'].includes(arg.type.kind) ? site.context.target.asText(arg, site.context) : arg.sql;
  });
  const sql = spell(site, { duckdb: 'printf($*)', spark: `format_string(${args.join(', ')})` });
  return { sql: fill(sql, site.args, site.context), type: VARCHAR };
};

/** Groups of RFC 3986's expression for the parts of a URL. */
const URL = '^([A-Za-z][A-Za-z0-9+.-]*):(//(?:[^/?#@]*@)?([^/?#:]*)(?::([0-9]+))?)?([^?#]*)([?]([^#]*))?(#(.*))?$';
const urlPart = (group: number): Spelling => ({
  duckdb: `athena_url_part($1, ${group})`,
  spark: `regexp_extract($1, '${URL}', ${group})`,
});

/** White space of Trino's `trim`. */
const SPACE = "' \\t\\n\\u000B\\u000C\\r'";

/** An array of the text's own type: no part is longer than the whole. */
const parts = (args: readonly Operand[]): SqlType => arrayOf(args[0]?.type ?? VARCHAR);

export const STRING_FUNCTIONS = functions('scalar', {
  'chr(bigint)': to(VARCHAR, {
    duckdb: 'chr(cast($1 as integer))',
    spark: "decode(unhex(lpad(hex($1), 8, '0')), 'UTF-32BE')",
  }),
  'codepoint(varchar)': to(INTEGER, { duckdb: 'unicode($1)', spark: 'ascii($1)' }),
  'concat_ws(varchar, array)': to(VARCHAR, { duckdb: 'array_to_string($2, $1)', spark: 'concat_ws($1, $2)' }),
  'concat_ws(varchar, varchar...)': to(VARCHAR, 'concat_ws($*)'),
  'format(varchar, any...)': format,
  'from_utf8(varbinary)': to(VARCHAR, { duckdb: 'decode($1)', spark: "decode($1, 'UTF-8')" }),
  'hamming_distance(varchar, varchar)': to(BIGINT, {
    duckdb: 'hamming($1, $2)',
    spark:
      "cast(size(filter(zip_with(split($1, ''), split($2, ''), (a, b) -> a <> b or length($1) <> length($2) and raise_error('The input strings must have the same length')), x -> x)) as bigint)",
  }),
  'length(varbinary)': to(BIGINT, { duckdb: 'octet_length($1)', spark: 'cast(octet_length($1) as bigint)' }),
  'length(varchar)': to(BIGINT, { duckdb: 'length($1)', spark: 'cast(length($1) as bigint)' }),
  'levenshtein_distance(varchar, varchar)': to(BIGINT, {
    duckdb: 'levenshtein($1, $2)',
    spark: 'cast(levenshtein($1, $2) as bigint)',
  }),
  'lower(varchar)': to(VARCHAR, 'lower($1)'),
  'lpad(varchar, bigint, varchar)': to(VARCHAR, {
    duckdb: 'lpad($1, cast($2 as integer), $3)',
    spark: 'lpad($1, $2int, $3)',
  }),
  'ltrim(varchar)': to(VARCHAR, {
    duckdb: 'ltrim($1, athena_whitespace())',
    spark: `trim(leading ${SPACE} from $1)`,
  }),
  'ltrim(varchar, varchar)': to(VARCHAR, { duckdb: 'ltrim($1, $2)', spark: 'trim(leading $2 from $1)' }),
  'normalize(varchar)': to(VARCHAR, {
    duckdb: 'nfc_normalize($1)',
    spark: { refused: 'Spark does not normalise Unicode; do it where the data enters' },
  }),
  'regexp_count(varchar, varchar)': to(BIGINT, {
    duckdb: 'len(regexp_extract_all($1, $2))',
    spark: 'cast(regexp_count($1, $2) as bigint)',
  }),
  'regexp_extract(varchar, varchar)': to(VARCHAR, {
    duckdb: 'athena_regexp_extract($1, $2, 0)',
    spark: 'case when $1 rlike $2 then regexp_extract($1, $2, 0) end',
  }),
  'regexp_extract(varchar, varchar, bigint)': to(VARCHAR, {
    duckdb: 'athena_regexp_extract($1, $2, $3)',
    spark: 'case when $1 rlike $2 then regexp_extract($1, $2, $3int) end',
  }),
  'regexp_extract_all(varchar, varchar)': to(arrayOf(VARCHAR), {
    duckdb: 'regexp_extract_all($1, $2)',
    spark: 'regexp_extract_all($1, $2, 0)',
  }),
  'regexp_extract_all(varchar, varchar, bigint)': to(arrayOf(VARCHAR), {
    duckdb: 'regexp_extract_all($1, $2, $3)',
    spark: 'regexp_extract_all($1, $2, $3int)',
  }),
  'regexp_like(varchar, varchar)': to(BOOLEAN, { duckdb: 'regexp_matches($1, $2)', spark: '($1 rlike $2)' }),
  'regexp_replace(varchar, varchar)': regexpReplace,
  'regexp_replace(varchar, varchar, varchar)': regexpReplace,
  'regexp_split(varchar, varchar)': to(arrayOf(VARCHAR), {
    duckdb: 'regexp_split_to_array($1, $2)',
    spark: 'split($1, $2, -1)',
  }),
  'replace(varchar, varchar)': to(VARCHAR, "replace($1, $2, '')"),
  'replace(varchar, varchar, varchar)': to(VARCHAR, 'replace($1, $2, $3)'),
  'reverse(varchar)': to(VARCHAR, 'reverse($1)'),
  'rpad(varchar, bigint, varchar)': to(VARCHAR, {
    duckdb: 'rpad($1, cast($2 as integer), $3)',
    spark: 'rpad($1, $2int, $3)',
  }),
  'rtrim(varchar)': to(VARCHAR, {
    duckdb: 'rtrim($1, athena_whitespace())',
    spark: `trim(trailing ${SPACE} from $1)`,
  }),
  'rtrim(varchar, varchar)': to(VARCHAR, { duckdb: 'rtrim($1, $2)', spark: 'trim(trailing $2 from $1)' }),
  'split(varchar, varchar)': split,
  'split(varchar, varchar, bigint)': split,
  'split_part(varchar, varchar, bigint)': splitPart,
  'split_to_map(varchar, varchar, varchar)': splitToMap,
  'starts_with(varchar, varchar)': to(BOOLEAN, { duckdb: 'starts_with($1, $2)', spark: 'startswith($1, $2)' }),
  'strpos(varchar, varchar)': to(BIGINT, { duckdb: 'strpos($1, $2)', spark: 'cast(instr($1, $2) as bigint)' }),
  'substr(varchar, bigint)': substring,
  'substr(varchar, bigint, bigint)': substring,
  'substring(varchar, bigint)': substring,
  'substring(varchar, bigint, bigint)': substring,
  'to_utf8(varchar)': to(VARBINARY, { duckdb: 'encode($1)', spark: 'cast($1 as binary)' }),
  'translate(varchar, varchar, varchar)': to(VARCHAR, 'translate($1, $2, $3)'),
  'trim(varchar)': to(VARCHAR, {
    duckdb: 'trim($1, athena_whitespace())',
    spark: `trim(both ${SPACE} from $1)`,
  }),
  'trim(varchar, varchar)': to(VARCHAR, { duckdb: 'trim($1, $2)', spark: 'trim(both $2 from $1)' }),
  'upper(varchar)': to(VARCHAR, 'upper($1)'),
  'url_decode(varchar)': to(VARCHAR, { duckdb: "url_decode(replace($1, '+', ' '))", spark: 'url_decode($1)' }),
  'url_encode(varchar)': to(VARCHAR, { duckdb: 'athena_url_encode($1)', spark: 'url_encode($1)' }),
  'url_extract_fragment(varchar)': to(VARCHAR, urlPart(9)),
  'url_extract_host(varchar)': to(VARCHAR, urlPart(3)),
  'url_extract_parameter(varchar, varchar)': to(VARCHAR, {
    duckdb: 'athena_url_parameter($1, $2)',
    spark: `url_decode(get(transform(filter(split(regexp_extract($1, '${URL}', 7), '&', -1), p -> split(p, '=')[0] = $2), p -> substr(p, length($2) + 2)), 0))`,
  }),
  'url_extract_path(varchar)': to(VARCHAR, urlPart(5)),
  'url_extract_port(varchar)': to(BIGINT, {
    duckdb: "cast(nullif(athena_url_part($1, 4), '') as bigint)",
    spark: `cast(nullif(regexp_extract($1, '${URL}', 4), '') as bigint)`,
  }),
  'url_extract_protocol(varchar)': to(VARCHAR, urlPart(1)),
  'url_extract_query(varchar)': to(VARCHAR, urlPart(7)),
  'word_stem(varchar)': to(VARCHAR, {
    duckdb: "stem($1, 'english')",
    spark: { refused: 'Spark has no stems of words; match prefixes with starts_with' },
  }),
});

export const BINARY_FUNCTIONS = functions('scalar', {
  'from_base64(varchar)': to(VARBINARY, { duckdb: 'from_base64($1)', spark: 'unbase64($1)' }),
  'from_base64url(varchar)': to(VARBINARY, {
    duckdb: "from_base64(translate($1, '-_', '+/'))",
    spark: "unbase64(translate($1, '-_', '+/'))",
  }),
  'from_hex(varchar)': to(VARBINARY, 'unhex($1)'),
  'md5(varbinary)': to(VARBINARY, 'unhex(md5($1))'),
  'sha1(varbinary)': to(VARBINARY, 'unhex(sha1($1))'),
  'sha256(varbinary)': to(VARBINARY, { duckdb: 'unhex(sha256($1))', spark: 'unhex(sha2($1, 256))' }),
  'to_base64(varbinary)': to(VARCHAR, { duckdb: 'to_base64($1)', spark: "replace(base64($1), '\\r\\n', '')" }),
  'to_base64url(varbinary)': to(VARCHAR, {
    duckdb: "translate(to_base64($1), '+/', '-_')",
    spark: "translate(replace(base64($1), '\\r\\n', ''), '+/', '-_')",
  }),
  'to_hex(varbinary)': to(VARCHAR, 'hex($1)'),
});
