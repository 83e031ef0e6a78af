import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import {
  BatchStopJobRunCommand,
  GetJobRunCommand,
  type GlueClient,
  type JobRunState,
  StartJobRunCommand,
} from '@aws-sdk/client-glue';
import { PROJECT_ROOT } from '../../localstack/stack.ts';
import { findJava } from './java.ts';
import type { Spark } from './spark.ts';
import { ensureSpark } from './spark-install.ts';

const SCRIPT = join(PROJECT_ROOT, 'glue', 'run_request.py');

/** Runs the job for a request, and tells whether it succeeded. */
export type RunJob = (request: string) => Promise<boolean>;

/** The job in a Spark session that is there already, one run after the other. */
export const inSession =
  (spark: Pick<Spark, 'call'>): RunJob =>
  async (argument) =>
    (await spark.call({ file: SCRIPT, function: 'run', argument })) === true;

export interface ProcessOptions {
  /** Where S3 answers. */
  readonly endpoint: string;
  readonly directory: string;
  readonly driverMemory?: string;
}

/** The job as a process of its own, with the arguments that Glue gives it. */
export const asProcess =
  ({ endpoint, directory, driverMemory = '1g' }: ProcessOptions): RunJob =>
  async (request) => {
    const javaHome = await findJava({ program: 'Spark', oldest: 17, newest: 17 });
    const { python, jars } = await ensureSpark(() => {});
    const settings = {
      'spark.master': 'local[2]',
      'spark.driver.memory': driverMemory,
      'spark.jars': jars.join(','),
      'spark.local.dir': directory,
      'spark.ui.enabled': 'false',
      'spark.hadoop.fs.s3.impl': 'org.apache.hadoop.fs.s3a.S3AFileSystem',
      'spark.hadoop.fs.s3a.endpoint': endpoint,
      'spark.hadoop.fs.s3a.endpoint.region': 'us-east-1',
      'spark.hadoop.fs.s3a.path.style.access': 'true',
    };
    const submit = Object.entries(settings).flatMap(([key, value]) => ['--conf', `${key}=${value}`]);
    const glues = ['--JOB_NAME', 'job', '--JOB_RUN_ID', 'jr_1', '--enable-metrics', 'true'];
    const child = spawn(python, [SCRIPT, ...glues, '--request', request], {
      cwd: directory,
      env: {
        ...process.env,
        JAVA_HOME: javaHome,
        SPARK_LOCAL_IP: '127.0.0.1',
        AWS_ACCESS_KEY_ID: 'test',
        AWS_SECRET_ACCESS_KEY: 'test',
        PYSPARK_SUBMIT_ARGS: `${submit.join(' ')} pyspark-shell`,
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    child.stderr.pipe(createWriteStream(join(directory, 'job.log')));
    return new Promise((resolve, reject) => {
      child.once('error', reject).once('close', (code) => resolve(code === 0));
    });
  };

/** A Glue that has one job. */
export function glueJobs(run: RunJob): GlueClient {
  const states = new Map<string, JobRunState>();
  const start = (request: string): string => {
    const id = `jr_${states.size + 1}`;
    states.set(id, 'RUNNING');
    run(request).then(
      (succeeded) => states.set(id, succeeded ? 'SUCCEEDED' : 'FAILED'),
      () => states.set(id, 'FAILED'),
    );
    return id;
  };
  const send = async (command: unknown): Promise<unknown> => {
    if (command instanceof StartJobRunCommand) return { JobRunId: start(command.input.Arguments?.['--request'] ?? '') };
    if (command instanceof GetJobRunCommand) {
      const { RunId: Id = '' } = command.input;
      return { JobRun: { Id, JobRunState: states.get(Id) } };
    }
    if (command instanceof BatchStopJobRunCommand) return {};
    throw new Error('the adapter asks for something else');
  };
  return { send } as unknown as GlueClient;
}
