/** Environment variables of the functions: the infrastructure sets them, the functions read them by these names. */
export const ENV = {
  landingBucket: 'LANDING_BUCKET',
  bronzeBucket: 'BRONZE_BUCKET',
  silverBucket: 'SILVER_BUCKET',
  goldBucket: 'GOLD_BUCKET',
  quarantineBucket: 'QUARANTINE_BUCKET',
  operationsBucket: 'OPERATIONS_BUCKET',
  /** Where files that outlast a call are told of again. */
  landingQueueUrl: 'LANDING_QUEUE_URL',
  stateTable: 'STATE_TABLE',
  /** Keys of personal data, and the KMS key that encrypts them there. */
  subjectKeyTable: 'SUBJECT_KEY_TABLE',
  personalDataKey: 'PERSONAL_DATA_KEY',
  alertTopicArn: 'ALERT_TOPIC_ARN',
  /** Overrides the choice of engine by input bytes. */
  processingEngine: 'PROCESSING_ENGINE',
  /** Engines outside the function that may build, and how long they may take, as JSON. */
  engines: 'ENGINES',
  /** Rows that tables must have at least, by name, as JSON. */
  rowMinima: 'ROW_MINIMA',
  /** Who may call the webhook, as JSON. */
  webhookSenders: 'WEBHOOK_SENDERS',
  /** Address of the runbook that alerts link to. */
  runbookUrl: 'RUNBOOK_URL',
} as const;

/** Folder of the operations bucket: builds that go on in an engine after their call. */
export const UNFINISHED_PREFIX = 'unfinished';

/**
 * MiB of V8's youngest objects in functions that encrypt. Each encryption leaves an object of OpenSSL's behind, which is
 * freed with the JavaScript object that holds it: collected often, they are few enough for the processor's caches.
 */
export const ENCRYPTING_SEMI_SPACE = 2;

/** The item of the state table that says which run is under way. */
export const RUN_LOCK_KEY = 'run-lock';

/** How often the platform is looked after. */
export const MONITORING_MINUTES = 15;

/** CloudWatch metrics, all in one namespace, with the dimensions named in the comments. */
export const METRIC_NAMESPACE = 'Tributary';
export const METRIC = {
  /** By source. */
  recordsReceived: 'RecordsReceived',
  recordsAccepted: 'RecordsAccepted',
  recordsQuarantined: 'RecordsQuarantined',
  filesRefused: 'FilesRefused',
  webhookCallsRefused: 'WebhookCallsRefused',
  /** By extraction. */
  recordsExtracted: 'RecordsExtracted',
  extractionFailed: 'ExtractionFailed',
  /** Of the platform as a whole, from its monitoring. */
  tablesOverdue: 'TablesOverdue',
  runMinutes: 'RunMinutes',
  intakeSilentHours: 'IntakeSilentHours',
  refusedPercent: 'RefusedPercent',
  /** By model. */
  buildSeconds: 'BuildSeconds',
  buildFailed: 'BuildFailed',
  rowsPublished: 'RowsPublished',
  qualityScore: 'QualityScore',
} as const;
