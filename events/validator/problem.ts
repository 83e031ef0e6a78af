/** Why a record or a file was refused: stable, for counting and for advice. */
export type ProblemCode =
  // A field of a row
  | 'missing'
  | 'not_text'
  | 'not_a_boolean'
  | 'not_an_integer'
  | 'not_a_number'
  | 'not_a_date'
  | 'not_a_timestamp'
  | 'not_allowed'
  | 'too_small'
  | 'too_large'
  // A row as a whole
  | 'invalid_utf8'
  | 'line_too_long'
  | 'malformed_quotes'
  | 'wrong_field_count'
  | 'not_json'
  | 'not_an_object'
  | 'nested_too_deep'
  | 'error_cell'
  // An event
  | 'event_too_large'
  | 'not_a_cloudevent'
  | 'unknown_type'
  | 'unknown_version'
  // A file
  | 'unknown_source'
  | 'unknown_file_type'
  | 'empty_file'
  | 'wrong_header'
  | 'malformed_json'
  | 'unreadable_parquet'
  | 'unreadable_gzip'
  | 'unreadable_excel'
  | 'file_too_large';

/** One reason for a refusal. The message is for people and holds no value of a personal or sensitive field. */
export interface Problem {
  readonly code: ProblemCode;
  readonly field?: string;
  readonly message: string;
}
