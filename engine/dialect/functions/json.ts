import { text } from '../translate/literals.ts';
import { BIGINT, BOOLEAN, isText, JSON_TYPE, type SqlType, VARCHAR } from '../types.ts';
import { type CallSite, functions, type Translation, to } from './signature.ts';

/** A path of `json_extract`, `$.store["a b"][0]`, as DuckDB writes it: every name quoted. */
function pathOf(site: CallSite, index: number): string {
  const path = site.constant(index);
  if (!path.startsWith('$')) {
    return text(`$."${path}"`);
  }
  const rest = path.slice(1);
  const steps = [...rest.matchAll(/\.([\w-]+)|\[\s*"([^"]*)"\s*\]|\[\s*'([^']*)'\s*\]|\[(\d+)\]/g)];
  if (steps.map(([step]) => step).join('') !== rest) {
    throw site.context.fail('INVALID_ARGUMENTS', `Invalid JSON path: '${path}'`, site.call.at);
  }
  const written = steps.map(([, name, double, single, position]) =>
    position === undefined ? `."${name ?? double ?? single ?? ''}"` : `[${position}]`,
  );
  return text(`$${written.join('')}`);
}

const extract =
  (macro: string, type: SqlType): Translation =>
  (site) => ({ sql: `${macro}(${site.arg(0).sql}, ${pathOf(site, 1)})`, type });

/** No longer than the text it is taken from. */
const extractScalar: Translation = (site) => {
  const { type } = site.arg(0);
  return extract('athena_json_extract_scalar', isText(type) ? type : VARCHAR)(site);
};

export const JSON_FUNCTIONS = functions('scalar', {
  'is_json_scalar(jsontext)': to(BOOLEAN, "json_type($1) not in ('OBJECT', 'ARRAY')"),
  'json_array_contains(jsontext, any)': to(BOOLEAN, 'athena_json_array_contains($1, $2)'),
  'json_array_length(jsontext)': to(BIGINT, 'athena_json_array_length($1)'),
  'json_extract(jsontext, varchar)': extract('athena_json_extract', JSON_TYPE),
  'json_extract_scalar(jsontext, varchar)': extractScalar,
  'json_format(json)': to(VARCHAR, 'cast($1 as varchar)'),
  'json_parse(varchar)': to(JSON_TYPE, 'cast(json($1) as json)'),
  'json_size(jsontext, varchar)': extract('athena_json_size', BIGINT),
});
