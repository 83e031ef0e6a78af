import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { TributaryError } from '../../common/errors.ts';
import { tail } from '../../localstack/command.ts';
import { freePort, LOOPBACK } from '../../localstack/ports.ts';
import { isRunning, type OwnedProcess, startDetached, stopProcess } from '../../localstack/process.ts';
import { findJava } from './java.ts';
import { runStatement, type TrinoResult } from './trino-client.ts';
import { ensureTrino } from './trino-install.ts';

/** A running Trino server over a Glue catalog. */
export interface Trino {
  /** Runs a statement; tables of the catalog are `<database>.<table>`. */
  query(sql: string): Promise<TrinoResult>;
  stop(): Promise<void>;
}

export interface TrinoOptions {
  /** Where Glue and S3 answer: `http://127.0.0.1:4566`. */
  readonly endpoint: string;
  /** For configuration, data and logs; removed on stop. */
  readonly directory: string;
  readonly onProgress?: (message: string) => void;
}

const PATIENCE_MS = 180_000;
/** Athena's name for its own catalog, so that three-part names of Athena queries work as they stand. */
const HIVE_CATALOG = 'awsdatacatalog';
const ICEBERG_CATALOG = 'iceberg';

/** Starts Trino, installing it on first use, and waits until it runs queries. Throws `no_java`, `no_maven`, `not_ready`. */
export async function startTrino({ endpoint, directory, onProgress = () => {} }: TrinoOptions): Promise<Trino> {
  const javaHome = await findJava({ program: 'Trino', oldest: 24 });
  const home = await ensureTrino(onProgress);
  const port = await freePort();
  const logFile = join(directory, 'server.log');
  await writeConfiguration(directory, port, endpoint);
  onProgress('starting Trino');
  const server = await startDetached({
    command: join(home, 'bin', 'launcher'),
    args: ['run', `--etc-dir=${directory}`, `--data-dir=${join(directory, 'data')}`],
    cwd: directory,
    env: { ...process.env, JAVA_HOME: javaHome, PATH: `${join(javaHome, 'bin')}:${process.env.PATH}` },
    logFile,
  });
  const url = `http://${LOOPBACK}:${port}`;
  const stop = async (): Promise<void> => {
    await stopProcess(server, 30_000);
    await rm(directory, { recursive: true, force: true });
  };
  try {
    await waitUntilReady(url, server, logFile);
  } catch (error) {
    await stop();
    throw error;
  }
  return { query: (sql) => runStatement(url, HIVE_CATALOG, sql), stop };
}

/** Until a query that needs a worker succeeds; the server answers simpler ones seconds too early. */
async function waitUntilReady(url: string, server: OwnedProcess, logFile: string): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (!(await isReady(url))) {
    if (Date.now() > deadline || !(await isRunning(server))) {
      const log = tail(await readFile(logFile, 'utf8'));
      throw new TributaryError({ code: 'not_ready', message: `Trino did not start:\n${log}`, where: logFile });
    }
    await sleep(250);
  }
}

const isReady = (url: string): Promise<boolean> =>
  runStatement(url, 'tpch', 'select count(*) from tpch.tiny.region').then(
    () => true,
    () => false,
  );

async function writeConfiguration(directory: string, port: number, endpoint: string): Promise<void> {
  const files = {
    'node.properties': { 'node.environment': 'conformance' },
    'config.properties': {
      'node-scheduler.include-coordinator': 'true',
      'http-server.http.port': port,
      'discovery.uri': `http://${LOOPBACK}:${port}`,
      'node.internal-address': LOOPBACK,
      'catalog.management': 'static',
      'query.max-memory': '350MB',
      'query.max-memory-per-node': '350MB',
      'memory.heap-headroom-per-node': '200MB',
    },
    [`catalog/${HIVE_CATALOG}.properties`]: hiveCatalog(endpoint),
    [`catalog/${ICEBERG_CATALOG}.properties`]: icebergCatalog(endpoint),
    'catalog/tpch.properties': { 'connector.name': 'tpch' },
  };
  await mkdir(join(directory, 'catalog'), { recursive: true });
  await writeFile(join(directory, 'jvm.config'), JVM_OPTIONS.join('\n'));
  for (const [name, properties] of Object.entries(files)) {
    const lines = Object.entries(properties).map(([key, value]) => `${key}=${value}`);
    await writeFile(join(directory, name), lines.join('\n'));
  }
}

const JVM_OPTIONS = [
  '-server',
  '-Xmx1g',
  '-XX:+UseG1GC',
  '-XX:+ExitOnOutOfMemoryError',
  '-XX:ReservedCodeCacheSize=256M',
  '-Djdk.attach.allowAttachSelf=true',
  '-Dfile.encoding=UTF-8',
  '-XX:+EnableDynamicAgentLoading',
];

const hiveCatalog = (endpoint: string) => ({
  'connector.name': 'hive',
  'hive.metastore': 'glue',
  ...glueAndS3(endpoint),
  'hive.non-managed-table-writes-enabled': true,
  'hive.partition-projection-enabled': true,
  'hive.hive-views.enabled': true,
  'hive.iceberg-catalog-name': ICEBERG_CATALOG,
});

const icebergCatalog = (endpoint: string) => ({
  'connector.name': 'iceberg',
  'iceberg.catalog.type': 'glue',
  ...glueAndS3(endpoint),
  'iceberg.hive-catalog-name': HIVE_CATALOG,
});

const glueAndS3 = (endpoint: string) => ({
  'hive.metastore.glue.region': 'us-east-1',
  'hive.metastore.glue.endpoint-url': endpoint,
  'hive.metastore.glue.aws-access-key': 'test',
  'hive.metastore.glue.aws-secret-key': 'test',
  'hive.metastore.glue.default-warehouse-dir': 's3://conformance/warehouse/',
  'fs.native-s3.enabled': true,
  's3.endpoint': endpoint,
  's3.region': 'us-east-1',
  's3.path-style-access': true,
  's3.aws-access-key': 'test',
  's3.aws-secret-key': 'test',
});
