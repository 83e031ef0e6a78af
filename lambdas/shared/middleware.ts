import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { Tracer } from '@aws-lambda-powertools/tracer';
import { captureLambdaHandler } from '@aws-lambda-powertools/tracer/middleware';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { asError, TributaryError } from '../../common/errors.ts';
import { METRIC_NAMESPACE } from './constants.ts';

/** What a function writes to. Log no field values of records: they may be personal. */
export interface Telemetry {
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** X-Ray tells a traced function where its daemon is; without it the tracer would only cost time. */
const isTraced = (): boolean => process.env.AWS_XRAY_DAEMON_ADDRESS !== undefined;

/** Writes what was counted, also by a function that then failed; without a warning where there was nothing to count. */
function publishMetrics(metrics: Metrics): middy.MiddlewareObj {
  const publish = (): void => {
    if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
  };
  return { after: publish, onError: publish };
}

/** Logs what was thrown with its code and place; the error goes on to Lambda, which repeats or reports it. */
const logError = (logger: Logger): middy.MiddlewareObj => ({
  onError: ({ error: thrown }) => {
    const error = asError(thrown);
    const details =
      error instanceof TributaryError ? { code: error.code, where: error.where, advice: error.advice } : {};
    logger.error('the function failed', { ...details, error });
  },
});

/**
 * Wraps a function in the one stack that all of Tributary's Lambdas share: structured logs with the Lambda context,
 * metrics in embedded metric format, traces where X-Ray is active, and errors logged by their code.
 *
 * @param service the function's name in logs, metrics and traces
 */
export function lambdaHandler<Event, Result>(
  service: string,
  handle: (event: Event, telemetry: Telemetry, context: Context) => Promise<Result>,
) {
  const logger = new Logger({ serviceName: service });
  const metrics = new Metrics({ namespace: METRIC_NAMESPACE, serviceName: service });
  const stack = middy<Event, Result>()
    .use(injectLambdaContext(logger))
    .use(publishMetrics(metrics))
    .use(logError(logger));
  if (isTraced()) stack.use(captureLambdaHandler(new Tracer({ serviceName: service }), { captureResponse: false }));
  return stack.handler(async (event, context) => {
    const started = performance.now();
    const result = await handle(event, { logger, metrics }, context);
    logger.info('done', { milliseconds: Math.round(performance.now() - started) });
    return result;
  });
}
