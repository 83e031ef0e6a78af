import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import type { Context } from 'aws-lambda';
import { z } from 'zod';
import { dynamo, lambda, s3, secretsManager, ssm } from '../../common/aws.ts';
import { type ErrorDetails, TributaryError } from '../../common/errors.ts';
import type { Leases } from '../../engine/build/index.ts';
import type { Contract } from '../../events/contracts/contract.ts';
import { contractOfExtraction, type Extraction, type ExtractionKind } from '../../events/extract/extraction.ts';
import { type PullDeps, type PullOutcome, type PullSource, runPull } from '../../events/extract/pull.ts';
import { momentOf } from '../../events/extract/version.ts';
import { ENV, METRIC } from './constants.ts';
import { requireEnv } from './env.ts';
import { deployedExtraction, extractionSecret } from './extraction-settings.ts';
import { dynamoExtractionStates } from './extraction-states.ts';
import { s3Landing } from './landing.ts';
import { dynamoLeases } from './leases.ts';
import { lambdaHandler, type Telemetry } from './middleware.ts';

const eventSchema = z.strictObject({
  /** Of the extraction. */
  name: z.string().min(1),
  /** Pull everything from this moment on, whatever the watermark says. */
  from: z.string().optional(),
  /** Whether somebody waits for the answer: failures are told in it, and he calls again when time was up. */
  isAwaited: z.boolean().default(false),
});

export type ExtractEvent = z.input<typeof eventSchema>;

export type ExtractOutcome =
  | ({ readonly name: string; readonly source: string } & PullOutcome)
  /** Another invocation pulls the same. */
  | { readonly name: string; readonly status: 'busy'; readonly heldBy: string }
  /** Told to whoever waits; else thrown. */
  | { readonly name: string; readonly status: 'failed'; readonly error: ErrorDetails };

/** What is kept of an invocation's time to complete a file and remember how far it came. */
const ORDER_MS = 60_000;
/** A lease outlives its invocation by this, since clocks differ. */
const SPARE_SECONDS = 60;

export interface ExtractDeps extends Omit<PullDeps, 'source' | 'isTimeUp'> {
  readonly leases: Leases;
  readonly settingsOf: (name: string) => Promise<Extraction>;
  /** @param timeLeft milliseconds until work has to be put in order */
  readonly sourceOf: (extraction: Extraction, timeLeft: () => number) => Promise<PullSource>;
  /** Of the invocation, in milliseconds. */
  readonly remaining: () => number;
  /** Who holds the lease. */
  readonly holder: string;
}

/** Runs the extraction that an event names, unless somebody else does. Throws what its source throws. */
export async function extract(event: unknown, deps: ExtractDeps): Promise<ExtractOutcome> {
  const { name, from } = parseEvent(event);
  const extraction = await deps.settingsOf(name);
  const lease = `extraction#${name}`;
  const seconds = Math.ceil(deps.remaining() / 1000) + SPARE_SECONDS;
  const taken = await deps.leases.acquire(lease, deps.holder, seconds);
  if (taken !== undefined) return { name, status: 'busy', heldBy: taken.heldBy };
  const timeLeft = () => deps.remaining() - ORDER_MS;
  try {
    const source = await deps.sourceOf(extraction, timeLeft);
    try {
      const begin = from === undefined ? undefined : momentFrom(from, source);
      const isTimeUp = () => timeLeft() <= 0;
      const outcome = await runPull(extraction, { ...deps, source, isTimeUp }, { from: begin });
      return { name, source: extraction.source, ...outcome };
    } finally {
      await source.close();
    }
  } finally {
    await deps.leases.release(lease, deps.holder);
  }
}

export function parseEvent(event: unknown): z.infer<typeof eventSchema> {
  const parsed = eventSchema.safeParse(event);
  if (parsed.success) return parsed.data;
  throw new TributaryError({
    code: 'bad_extract_event',
    message: `the event is not valid: ${z.prettifyError(parsed.error)}`,
    advice: 'Give {"name": extraction, "from"?: timestamp}.',
    cause: parsed.error,
  });
}

function momentFrom(from: string, { isIncremental }: PullSource): string {
  const moment = momentOf(from);
  if (moment !== undefined && isIncremental) return moment;
  throw new TributaryError({
    code: 'bad_extract_event',
    message: isIncremental
      ? `${JSON.stringify(from)} is no timestamp`
      : 'this source cannot be asked for changes; every pull is of everything',
    advice: isIncremental ? 'Give it as 2026-11-21T10:15:00Z.' : 'Leave `from` out.',
  });
}

type Of<K extends ExtractionKind> = Extract<Extraction, { kind: K }>;

/** What a source of one kind is made of. */
export interface SourceProps<K extends ExtractionKind> {
  readonly extraction: Of<K>;
  readonly contract: Contract;
  /** Reads the text of the extraction's secret. */
  readonly secret: () => Promise<string>;
  /** Milliseconds until work has to be put in order. */
  readonly timeLeft: () => number;
}

/**
 * The function that runs extractions of one kind. It throws when an extraction fails and nobody waits for the answer:
 * Lambda then repeats the call twice, and the next scheduled pull goes on from where the last one got.
 */
export const extractHandler = <K extends ExtractionKind>(
  kind: K,
  sourceOf: (props: SourceProps<K>) => Promise<PullSource>,
) =>
  lambdaHandler(`extract-${kind}`, async (event: ExtractEvent, telemetry, context) => {
    const { isAwaited, name } = parseEvent(event);
    const outcome = await toldOf(name, isAwaited, telemetry, () => extract(event, awsDeps(kind, sourceOf, context)));
    telemetry.logger.info(outcome.status, { extraction: outcome });
    if (outcome.status === 'paused' && !isAwaited) await goOnLater(context, name);
    return outcome;
  });

function awsDeps<K extends ExtractionKind>(
  kind: K,
  sourceOf: (props: SourceProps<K>) => Promise<PullSource>,
  context: Context,
): ExtractDeps {
  const stateTable = requireEnv(ENV.stateTable);
  return {
    leases: dynamoLeases(dynamo(), stateTable),
    states: dynamoExtractionStates(dynamo(), stateTable),
    landing: s3Landing(s3(), requireEnv(ENV.landingBucket)),
    settingsOf: (name) => deployedExtraction(ssm(), name),
    sourceOf: async (extraction, timeLeft) => {
      requireKind(extraction, kind);
      const secret = () => extractionSecret(secretsManager(), extraction);
      return sourceOf({ extraction, contract: contractOfExtraction(extraction), secret, timeLeft });
    },
    remaining: () => context.getRemainingTimeInMillis(),
    holder: context.awsRequestId,
  };
}

function requireKind<K extends ExtractionKind>(extraction: Extraction, kind: K): asserts extraction is Of<K> {
  if (extraction.kind === kind) return;
  throw new TributaryError({
    code: 'bad_extract_event',
    message: `this extraction is of kind ${extraction.kind}, not ${kind}`,
    where: extraction.name,
    advice: `call tributary-extract-${extraction.kind}`,
  });
}

/** Counts what was pulled and what failed; a failure is thrown unless somebody waits to be told of it. */
async function toldOf(
  name: string,
  isAwaited: boolean,
  { logger, metrics }: Telemetry,
  work: () => Promise<ExtractOutcome>,
): Promise<ExtractOutcome> {
  const count = (metric: string, value: number) =>
    metrics.singleMetric().addDimension('extraction', name).addMetric(metric, MetricUnit.Count, value);
  try {
    const outcome = await work();
    if ('records' in outcome) count(METRIC.recordsExtracted, outcome.records);
    return outcome;
  } catch (thrown) {
    count(METRIC.extractionFailed, 1);
    if (!(thrown instanceof TributaryError) || !isAwaited) throw thrown;
    logger.error('the extraction failed', {
      code: thrown.code,
      where: thrown.where,
      advice: thrown.advice,
      error: thrown,
    });
    return { name, status: 'failed', error: detailsOf(thrown) };
  }
}

const detailsOf = ({ code, message, where, advice }: TributaryError): ErrorDetails => ({
  code,
  message,
  ...(where !== undefined && { where }),
  ...(advice !== undefined && { advice }),
});

async function goOnLater({ functionName }: Context, name: string): Promise<void> {
  const Payload = JSON.stringify({ name } satisfies ExtractEvent);
  await lambda().send(new InvokeCommand({ FunctionName: functionName, InvocationType: 'Event', Payload }));
}
