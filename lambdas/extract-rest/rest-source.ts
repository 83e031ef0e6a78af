import { TributaryError } from '../../common/errors.ts';
import type { Contract } from '../../events/contracts/contract.ts';
import type { RestExtraction } from '../../events/extract/extraction.ts';
import { ForgottenPosition, type PulledBatch, type PullSource } from '../../events/extract/pull.ts';
import { atPath, parseExactly, pulledRecord } from '../../events/extract/record.ts';
import {
  firstPosition,
  LoopGuard,
  nextPosition,
  type Page,
  pageUrl,
  parsePosition,
  type RestPosition,
} from '../../events/extract/rest/paging.ts';
import { type Moment, nowMoment } from '../../events/extract/version.ts';
import { isJsonRecord } from '../../events/readers/json.ts';
import { authOf } from './auth.ts';
import { type Answer, Garbled, type HttpClient } from './http-client.ts';

export interface RestSourceProps {
  readonly extraction: RestExtraction;
  readonly contract: Contract;
  /** Text of the secret; undefined where the settings ask for no auth. */
  readonly secret: string | undefined;
  readonly client: HttpClient;
}

/** The records of a REST API, page by page. */
export function restSource({ extraction, contract, secret, client }: RestSourceProps): PullSource {
  const auth = authOf(extraction, secret, (url, form, headers) => {
    const credentials = {
      headers: async () => headers,
      renew: () => false,
      redact: (text: string) => auth.redact(text),
    };
    return client.ask({ url: new URL(url), auth: credentials, form }, ({ text }) => text);
  });

  const readPage = (position: RestPosition): Promise<Page> =>
    client.ask({ url: pageUrl(extraction, position), auth }, (answer) => {
      if (answer.status === 204) return { body: null, records: [], link: null };
      const body = jsonOf(answer, extraction, auth.redact);
      const records = recordsAt(body, extraction).map((value) => pulledRecord(contract, value, extraction.rename));
      return { body, records, link: answer.headers.get('link') };
    });

  return {
    isIncremental: extraction.since !== undefined,
    now: async () => nowMoment(),
    read: (from, position) => readPages(extraction, readPage, from, position),
    close: async () => undefined,
  };
}

async function* readPages(
  extraction: RestExtraction,
  readPage: (position: RestPosition) => Promise<Page>,
  from: Moment | null,
  resumed: unknown,
): AsyncGenerator<PulledBatch> {
  const guard = new LoopGuard(extraction);
  let position: RestPosition | undefined = parsePosition(resumed) ?? firstPosition(extraction, from);
  let isResumed = resumed !== null;
  while (position !== undefined) {
    const page = isResumed ? await orForgotten(readPage(position)) : await readPage(position);
    isResumed = false;
    const next = nextPosition(extraction, position, page);
    guard.check(position, page, next);
    yield { records: page.records, position: next ?? null };
    position = next;
  }
}

/** Cursors expire: an API that refuses one has to be asked from the beginning. */
async function orForgotten(page: Promise<Page>): Promise<Page> {
  try {
    return await page;
  } catch (thrown) {
    if (!(thrown instanceof TributaryError) || thrown.code !== 'api_refused') throw thrown;
    throw new ForgottenPosition({ code: thrown.code, message: thrown.message, cause: thrown });
  }
}

const SHOWN_CHARACTERS = 120;

/** The answer as JSON. Throws `api_sent_html`, or `Garbled` for text that is not JSON. */
function jsonOf(
  { status, headers, text }: Answer,
  { name }: RestExtraction,
  redact: (text: string) => string,
): unknown {
  const type = headers.get('content-type') ?? 'no content type';
  const begin = text.slice(0, 1000).trimStart();
  if (/html|xml/i.test(type) || begin.startsWith('<')) {
    const shown = redact(
      begin
        .replaceAll(/<[^>]*>?/g, ' ')
        .replaceAll(/\s+/g, ' ')
        .trim(),
    ).slice(0, SHOWN_CHARACTERS);
    throw new TributaryError({
      code: 'api_sent_html',
      message: `the API answered ${status} with a web page (${type}) instead of JSON: “${shown}”`,
      where: name,
      advice: 'It may be a login or maintenance page, or the url of the extraction is wrong.',
    });
  }
  try {
    // A byte order mark is no part of JSON.
    return parseExactly(text.replace(/^\uFEFF/, ''));
  } catch {
    // The parser's own message quotes the text, which may be personal.
    throw new Garbled({
      code: 'api_sent_broken_json',
      message: `the API answered ${status} with ${text.length} characters (${type}) that are not valid JSON`,
      where: name,
      advice: 'If it persists, somebody between here and the API cuts answers off.',
    });
  }
}

function recordsAt(body: unknown, { records: path, name }: RestExtraction): readonly unknown[] {
  const records = atPath(body, path);
  if (Array.isArray(records)) return records;
  const found = isJsonRecord(body)
    ? `an object with ${Object.keys(body).slice(0, 20).join(', ') || 'no fields'}`
    : typeof body;
  throw new TributaryError({
    code: 'api_shape_changed',
    message: `there is no array of records at ${JSON.stringify(path)}; the answer is ${found}`,
    where: name,
    advice: 'change `records` of the extraction to where the array is',
  });
}
