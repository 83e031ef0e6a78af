import { join } from 'node:path';
import {
  BatchStopJobRunCommand,
  GetJobRunCommand,
  type GlueClient,
  type JobRunState,
  StartJobRunCommand,
} from '@aws-sdk/client-glue';
import { PROJECT_ROOT } from '../../localstack/stack.ts';
import type { Spark } from './spark.ts';

export const JOB_SCRIPT = join(PROJECT_ROOT, 'glue', 'run_request.py');

/** A Glue whose job runs in a Spark session that is there already, one run after the other. */
export function glueJobs(spark: Pick<Spark, 'call'>): GlueClient {
  const states = new Map<string, JobRunState>();
  const start = (request: string): string => {
    const id = `jr_${states.size + 1}`;
    states.set(id, 'RUNNING');
    const ended = (succeeded: unknown): unknown => states.set(id, succeeded === true ? 'SUCCEEDED' : 'FAILED');
    spark.call({ file: JOB_SCRIPT, function: 'run', argument: request }).then(ended, ended);
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
