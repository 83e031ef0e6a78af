import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import type { SSMClient } from '@aws-sdk/client-ssm';
import { asError, TributaryError } from '../../common/errors.ts';
import { parseJson } from '../../events/readers/json.ts';
import { functionName } from '../../infra/names.ts';
import type { ExtractEvent, ExtractOutcome } from '../../lambdas/shared/extract.ts';
import { deployedExtraction } from '../../lambdas/shared/extraction-settings.ts';
import type { OnProgress } from '../ui.ts';

/** What a pull has brought, over all the calls that it took. */
export interface ExtractReport {
  readonly name: string;
  readonly source: string;
  /** Version from which on it asked; null for all. */
  readonly from: string | null;
  readonly watermark: string | null;
  readonly records: number;
  readonly files: readonly string[];
  readonly unchangedFiles: number;
}

export interface ExtractClients {
  readonly lambda: Pick<LambdaClient, 'send'>;
  readonly ssm: Pick<SSMClient, 'send'>;
}

/**
 * Runs an extraction to its end, in as many calls as that takes.
 * Throws what it failed with, `unknown_extraction`, `extraction_busy` or `extraction_failed`.
 */
export async function executeExtraction(
  clients: ExtractClients,
  name: string,
  from: string | undefined,
  onProgress: OnProgress = () => {},
): Promise<ExtractReport> {
  const { kind } = await deployedExtraction(clients.ssm, name);
  const call = (begin: string | undefined) =>
    invoke(clients.lambda, functionName(`extract-${kind}`), { name, isAwaited: true, ...(begin && { from: begin }) });
  const files: string[] = [];
  let [records, unchangedFiles] = [0, 0];
  for (let begin = from; ; begin = undefined) {
    const outcome = await call(begin);
    if (outcome.status === 'failed') throw new TributaryError(outcome.error);
    if (outcome.status === 'busy') throw busy(outcome.name, outcome.heldBy);
    files.push(...outcome.files);
    records += outcome.records;
    unchangedFiles += outcome.unchangedFiles;
    const { source, watermark } = outcome;
    if (outcome.status === 'finished') {
      return { name, source, from: outcome.from, watermark, records, files, unchangedFiles };
    }
    onProgress(`${records.toLocaleString('en')} records in ${files.length} files so far`);
  }
}

async function invoke(
  client: ExtractClients['lambda'],
  FunctionName: string,
  event: ExtractEvent,
): Promise<ExtractOutcome> {
  const { Payload, FunctionError } = await client
    .send(new InvokeCommand({ FunctionName, Payload: JSON.stringify(event) }))
    .catch((thrown) => {
      throw failed(asError(thrown).message, FunctionName);
    });
  const answer = parseJson(Buffer.from(Payload ?? []).toString('utf8'));
  if (FunctionError !== undefined) throw failed(String(Object(answer).errorMessage ?? FunctionError), FunctionName);
  return answer as ExtractOutcome;
}

const failed = (message: string, where: string) =>
  new TributaryError({ code: 'extraction_failed', message, where, advice: 'its log says more' });

const busy = (name: string, heldBy: string) =>
  new TributaryError({
    code: 'extraction_busy',
    message: `another invocation (${heldBy}) pulls the same`,
    where: name,
    advice: 'wait until it has ended; if it was killed, for a quarter of an hour at most',
  });
