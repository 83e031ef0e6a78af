import { AGGREGATE_FUNCTIONS, WINDOW_FUNCTIONS } from './aggregates.ts';
import { COLLECTION_FUNCTIONS } from './collections.ts';
import { CONDITIONAL_FUNCTIONS } from './conditionals.ts';
import { DATE_FUNCTIONS } from './dates.ts';
import { JSON_FUNCTIONS } from './json.ts';
import { LAMBDA_FUNCTIONS } from './lambdas.ts';
import { NUMBER_FUNCTIONS } from './numbers.ts';
import type { FunctionForm } from './signature.ts';
import { BINARY_FUNCTIONS, STRING_FUNCTIONS } from './strings.ts';

const FORMS: readonly FunctionForm[] = [
  ...STRING_FUNCTIONS,
  ...BINARY_FUNCTIONS,
  ...NUMBER_FUNCTIONS,
  ...DATE_FUNCTIONS,
  ...COLLECTION_FUNCTIONS,
  ...LAMBDA_FUNCTIONS,
  ...JSON_FUNCTIONS,
  ...CONDITIONAL_FUNCTIONS,
  ...AGGREGATE_FUNCTIONS,
  ...WINDOW_FUNCTIONS,
];

const BY_NAME: ReadonlyMap<string, readonly FunctionForm[]> = Map.groupBy(FORMS, ({ name }) => name);

/** All forms of a Trino function, by its name in lower case; none for a name that is not supported. */
export const formsOf = (name: string): readonly FunctionForm[] => BY_NAME.get(name) ?? [];

/** Names of all functions that can be translated, sorted. */
export const FUNCTION_NAMES: readonly string[] = [...BY_NAME.keys()].sort();

/** Trino functions that exist in Athena, have no translation, and are refused by name. */
export const UNTRANSLATED: ReadonlySet<string> = new Set(
  `approx_most_frequent approx_set bitwise_and_agg bitwise_or_agg bitwise_xor_agg bing_tile beta_cdf checksum classify
   combinations cosine_similarity crc32 empty_approx_set entropy evaluate_classifier_predictions from_big_endian_32
   from_big_endian_64 from_ieee754_32 from_ieee754_64 hmac_md5 hmac_sha1 hmac_sha256 hmac_sha512 human_readable_seconds
   inverse_beta_cdf inverse_normal_cdf json_array_get json_exists json_query json_value kurtosis learn_classifier
   luhn_check make_set_digest map_union map_zip_with merge merge_set_digest multimap_from_entries murmur3 ngrams
   normal_cdf numeric_histogram parse_data_size parse_duration parse_presto_data_size qdigest_agg reduce_agg
   regexp_position sha512 shuffle skewness soundex spooky_hash_v2_32 spooky_hash_v2_64 st_area st_contains st_distance
   st_point tdigest_agg to_big_endian_32 to_big_endian_64 to_ieee754_32 to_ieee754_64 uuid value_at_quantile
   wilson_interval_lower wilson_interval_upper xxhash64`.split(/\s+/),
);
