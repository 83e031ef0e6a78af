import type { Context } from 'aws-lambda';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { TributaryError } from '../../../common/errors.ts';
import type { IntakeRecord } from '../../../events/intake/ledger.ts';
import { countIntake } from '../../../lambdas/shared/intake-metrics.ts';
import { lambdaHandler } from '../../../lambdas/shared/middleware.ts';

const context: Context = {
  callbackWaitsForEmptyEventLoop: false,
  functionName: 'tributary-test',
  functionVersion: '1',
  invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:tributary-test',
  memoryLimitInMB: '128',
  awsRequestId: 'request-1',
  logGroupName: 'group',
  logStreamName: 'stream',
  getRemainingTimeInMillis: () => 1000,
  done: () => {},
  fail: () => {},
  succeed: () => {},
};

let lines: string[];

beforeEach(() => {
  lines = [];
  // Powertools then writes to the global console, which a test can listen to.
  vi.stubEnv('POWERTOOLS_DEV', 'true');
  vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'false');
  for (const method of ['log', 'info', 'warn', 'error'] as const) {
    vi.spyOn(console, method).mockImplementation((line: unknown) => {
      lines.push(String(line));
    });
  }
});

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

const logged = (): Record<string, unknown>[] => lines.map((line) => JSON.parse(line));

describe('a function in the shared stack', () => {
  it('logs a line per call with the Lambda context, and not the event', async () => {
    const handler = lambdaHandler('test', async (event: { secret: string }) => event.secret.length);
    await expect(handler({ secret: 'jane@example.com' }, context)).resolves.toBe(16);
    expect(logged()).toMatchObject([{ message: 'done', service: 'test', function_request_id: 'request-1' }]);
    expect(lines.join()).not.toContain('jane');
  });

  it('logs an error by its code and place, and lets it go on', async () => {
    const error = new TributaryError({ code: 'broken', message: 'it broke', where: 'here', advice: 'mend it' });
    const handler = lambdaHandler('test', async () => Promise.reject(error));
    await expect(handler({}, context)).rejects.toBe(error);
    expect(logged()).toMatchObject([{ level: 'ERROR', code: 'broken', where: 'here', advice: 'mend it' }]);
  });

  it('publishes what it counted, also when it fails', async () => {
    const handler = lambdaHandler('test', async (_: unknown, { metrics }) => {
      metrics.addMetric('RowsPublished', 'Count', 3);
      throw new Error('late failure');
    });
    await expect(handler({}, context)).rejects.toThrow('late failure');
    expect(logged()).toContainEqual(expect.objectContaining({ RowsPublished: 3, service: 'test' }));
  });

  it('counts intake by source', async () => {
    const record: IntakeRecord = {
      source: 'pos_transactions',
      road: 'file',
      origin: 'a',
      first_position: null,
      last_position: null,
      status: 'refused',
      reason: 'empty_file',
      message: 'the file is empty',
      received: 1,
      accepted: 0,
      quarantined: 1,
      bytes: 0,
      bronze_objects: 0,
      contract_version: null,
      received_at: '2026-11-21T00:00:00Z',
      seconds: 0,
    };
    const handler = lambdaHandler('test', async (_: unknown, { metrics }) => countIntake(metrics, record));
    await handler({}, context);
    const counted = Object.assign({}, ...logged().filter((line) => '_aws' in line));
    const { RecordsReceived, RecordsAccepted, RecordsQuarantined, FilesRefused, source } = counted;
    expect({ RecordsReceived, RecordsQuarantined, FilesRefused, source }).toEqual({
      RecordsReceived: 1,
      RecordsQuarantined: 1,
      FilesRefused: 1,
      source: 'pos_transactions',
    });
    expect(RecordsAccepted).toBeUndefined();
  });
});
