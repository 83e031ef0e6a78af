import type { ExternalTable } from '../common/external-table.ts';

const RUN_DATE = [{ name: 'run_date', projection: 'date' }] as const;

const column = (name: string, type: string, description: string) => ({ name, type, description });

const RUN_ID = column('run_id', 'string', 'Start time and suffix of the run; sorts by time');
const MODEL = column('model', 'string', 'Table that was built, e.g. gold.fact_sale');

const RUNS: ExternalTable = {
  database: 'operations',
  name: 'runs',
  description: 'One row per run of the models.',
  format: 'json',
  bucket: 'operations',
  prefix: 'runs',
  columns: [
    RUN_ID,
    column('as_of', 'string', 'Logical date of the run, yyyy-mm-dd'),
    column(
      'status',
      'string',
      'succeeded; failed when any model failed or was blocked; skipped when it met another run',
    ),
    column('started_at', 'timestamp', 'When the run began, UTC'),
    column('finished_at', 'timestamp', 'When the last model was done, UTC'),
    column('seconds', 'double', 'Duration of the run'),
    column('built', 'int', 'Models with a new version'),
    column('skipped', 'int', 'Models whose inputs and logic had not changed'),
    column('failed', 'int', 'Models whose build failed; their old version still serves'),
    column('blocked', 'int', 'Models not built because an input failed'),
    column('score', 'double', 'Mean score of the models that were checked, 0 to 100; null where none was'),
    column('mode', 'string', 'incremental, audit (all rows of all models judged) or full (all models built)'),
    column('audited', 'int', 'Models that had not changed and whose rows were all judged'),
    column('reason', 'string', 'Why the run was skipped'),
  ],
  partitions: RUN_DATE,
};

const BUILDS: ExternalTable = {
  database: 'operations',
  name: 'builds',
  description: 'One row per selected model and run: what was done, why, and what it cost.',
  format: 'json',
  bucket: 'operations',
  prefix: 'builds',
  columns: [
    RUN_ID,
    MODEL,
    column('owner', 'string', 'Who answers for the model'),
    column(
      'status',
      'string',
      'built, skipped, audited, failed or blocked; rolled_back and released where a person did so',
    ),
    column('reason', 'string', 'Why, in a sentence'),
    column('engine', 'string', 'Engine that ran the SQL; null where none did'),
    column('started_at', 'timestamp', 'When the build began, UTC'),
    column('seconds', 'double', 'Duration of the build'),
    column('input_bytes', 'bigint', 'Bytes of the input files'),
    column('row_count', 'bigint', 'Rows of the published version'),
    column('bytes', 'bigint', 'Bytes of the published version'),
    column('snapshot_id', 'string', 'Iceberg snapshot that was published'),
    column('fingerprint', 'string', 'Hash of the logic and of everything read'),
    column('score', 'double', 'Mean score of the checks of the new version, 0 to 100; null where none was checked'),
    column('error_code', 'string', 'Stable code of the failure'),
    column('error_message', 'string', 'What went wrong'),
  ],
  partitions: RUN_DATE,
};

const CHECKS: ExternalTable = {
  database: 'operations',
  name: 'checks',
  description: 'One row per check of a version that was built, passed or not; of one that was not, its freshness.',
  format: 'json',
  bucket: 'operations',
  prefix: 'checks',
  columns: [
    RUN_ID,
    MODEL,
    column('check_id', 'string', 'Check as the header states it, e.g. not_null(customer_id)'),
    column('rule', 'string', 'Rule that was applied'),
    column('dimension', 'string', 'completeness, accuracy, consistency, timeliness, uniqueness or validity'),
    column('action', 'string', 'What a failure does: abort, quarantine or warn'),
    column('passed', 'boolean', 'Whether the check passed'),
    column('failures', 'bigint', 'Rows (or facts) that failed'),
    column('row_count', 'bigint', 'Rows of the version that was checked'),
    column('score', 'double', 'Share of rows that passed, 0 to 100'),
    column('detail', 'string', 'What was found and what it was held against'),
    column('sample', 'string', 'Some failing rows as JSON, classified values masked'),
    column('checked_at', 'timestamp', 'When the build of that version began, UTC'),
  ],
  partitions: RUN_DATE,
};

/** What runs leave behind, as tables that Athena users query. Each run adds one object of JSON lines to each. */
export const OPERATIONS_TABLES: readonly ExternalTable[] = [RUNS, BUILDS, CHECKS];
