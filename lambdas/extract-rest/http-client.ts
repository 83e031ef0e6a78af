import { setTimeout as sleep } from 'node:timers/promises';
import { asError, TributaryError } from '../../common/errors.ts';
import type { RestExtraction } from '../../events/extract/extraction.ts';
import { OutOfTime } from '../../events/extract/pull.ts';
import { ATTEMPTS, backoffMs, isPassing, retryAfterMs } from '../../events/extract/rest/retry.ts';
import type { Auth } from './auth.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** Time as the client goes by; tests have their own. */
export interface Clock {
  now(): number;
  sleep(milliseconds: number): Promise<void>;
  random(): number;
}

export const realClock: Clock = {
  now: () => Date.now(),
  sleep: (milliseconds) => sleep(milliseconds),
  random: () => Math.random(),
};

export interface HttpRequest {
  readonly url: URL;
  readonly auth: Pick<Auth, 'headers' | 'renew' | 'redact'>;
  readonly form?: URLSearchParams;
}

/** 204 says that there is nothing, 206 that there are more pages. */
const OK: readonly number[] = [200, 204, 206];
const MAX_REDIRECTS = 5;
const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];

/** Asks an API: at its pace, within limits of time and size, again where that may help. */
export class HttpClient {
  readonly #extraction: RestExtraction;
  readonly #clock: Clock;
  /** Milliseconds until work has to be put in order. */
  readonly #timeLeft: () => number;
  #nextAt = 0;

  constructor(extraction: RestExtraction, timeLeft: () => number, clock: Clock = realClock) {
    this.#extraction = extraction;
    this.#timeLeft = timeLeft;
    this.#clock = clock;
  }

  /**
   * The answer to a request, which is good and has a body that `accept` did not throw on.
   *
   * Throws `api_timed_out`, `api_unreachable`, `api_failed`, `api_rate_limited`, `api_refused_credentials`,
   * `api_refused`, `api_redirects`, `api_answer_too_large`, or what `accept` throws.
   */
  async ask<T>(request: HttpRequest, accept: (answer: Answer) => T): Promise<T> {
    let isRenewed = false;
    for (let failed = 0; ; ) {
      const outcome = await this.#attempt(request, accept);
      if ('value' in outcome) return outcome.value;
      if (outcome.status === 401 && !isRenewed && request.auth.renew()) {
        isRenewed = true;
        continue;
      }
      failed++;
      if (!outcome.isPassing || failed >= ATTEMPTS) throw outcome.error;
      await this.#wait(outcome.waitMs ?? backoffMs(failed - 1, this.#clock.random), outcome.error);
    }
  }

  async #attempt<T>(request: HttpRequest, accept: (answer: Answer) => T): Promise<{ readonly value: T } | Failure> {
    let answer: Answer;
    try {
      answer = await this.#send(request);
    } catch (thrown) {
      return this.#unanswered(thrown, request);
    }
    if (!OK.includes(answer.status)) return this.#refused(answer, request);
    try {
      return { value: accept(answer) };
    } catch (thrown) {
      return { error: asError(thrown), isPassing: thrown instanceof Garbled };
    }
  }

  async #send({ url, auth, form }: HttpRequest): Promise<Answer> {
    await this.#pace();
    const { requestSeconds, headers: fixedHeaders } = this.#extraction;
    const credentials = await auth.headers();
    const signal = AbortSignal.timeout(Math.max(1, Math.min(requestSeconds * 1000, this.#timeLeft())));
    let target = url;
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
      const isHome = target.origin === url.origin;
      const headers = { accept: 'application/json', ...(isHome && { ...fixedHeaders, ...credentials }) };
      const body = form && { method: 'POST', body: form };
      const response = await fetch(target, { headers, redirect: 'manual', signal, ...body });
      const location = response.headers.get('location');
      if (!REDIRECTS.includes(response.status) || location === null) {
        return { status: response.status, headers: response.headers, text: await this.#text(response) };
      }
      await response.body?.cancel();
      target = this.#redirected(target, location, form !== undefined);
    }
    throw this.#error('api_redirects', `more than ${MAX_REDIRECTS} redirects`, url);
  }

  /** Where a redirect leads; credentials and forms stay on their host, and nothing goes from TLS into the clear. */
  #redirected(from: URL, location: string, hasForm: boolean): URL {
    const to = URL.canParse(location, from.href) ? new URL(location, from) : undefined;
    const isDowngrade = from.protocol === 'https:' && to?.protocol !== 'https:';
    if (to === undefined || isDowngrade || !/^https?:$/.test(to.protocol) || (hasForm && to.origin !== from.origin)) {
      throw this.#error(
        'api_redirects',
        `a redirect to ${to?.origin ?? 'no valid address'}, which is not followed`,
        from,
      );
    }
    return to;
  }

  async #text(response: Response): Promise<string> {
    const { maxAnswerBytes } = this.#extraction;
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    // After decompression, so that a small answer cannot unfold without end.
    for await (const chunk of response.body ?? []) {
      bytes += chunk.length;
      if (bytes > maxAnswerBytes) {
        throw this.#error(
          'api_answer_too_large',
          `the answer is larger than ${maxAnswerBytes} bytes`,
          new URL(response.url),
        );
      }
      chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString('utf8');
  }

  #unanswered(thrown: unknown, { url, auth }: HttpRequest): Failure {
    if (thrown instanceof TributaryError) return { error: thrown, isPassing: false };
    const { name, cause } = asError(thrown);
    if (name === 'TimeoutError') {
      const { requestSeconds } = this.#extraction;
      const message = `no whole answer within ${requestSeconds} s`;
      return { error: this.#error('api_timed_out', message, url), isPassing: true };
    }
    const reason = auth.redact(asError(cause ?? thrown).message);
    return { error: this.#error('api_unreachable', `the connection failed: ${reason}`, url), isPassing: true };
  }

  #refused({ status, headers }: Answer, { url }: HttpRequest): Failure {
    const waitMs = retryAfterMs(headers.get('retry-after'), this.#clock.now());
    if (isPassing(status)) {
      const code = status === 429 ? 'api_rate_limited' : 'api_failed';
      return { error: this.#error(code, `the API answered ${status}`, url), isPassing: true, waitMs, status };
    }
    const isAuth = status === 401 || status === 403;
    const code = isAuth ? 'api_refused_credentials' : 'api_refused';
    const advice = isAuth ? 'check the secret of the extraction and what it may read' : undefined;
    const error = this.#error(code, `the API answered ${status}`, url, advice);
    return { error, isPassing: false, status };
  }

  /** Requests keep the distance that the settings ask for. */
  async #pace(): Promise<void> {
    const now = this.#clock.now();
    const at = Math.max(now, this.#nextAt);
    this.#nextAt = at + 1000 / this.#extraction.requestsPerSecond;
    if (at > now) await this.#clock.sleep(at - now);
  }

  async #wait(milliseconds: number, reason: Error): Promise<void> {
    if (milliseconds > this.#timeLeft()) {
      throw new OutOfTime({
        code: reason instanceof TributaryError ? reason.code : 'api_failed',
        message: `${reason.message}, and wants to be asked again after ${Math.ceil(milliseconds / 1000)} s only`,
        where: this.#extraction.name,
        advice: 'The next pull goes on from here. Ask less often: a lower requestsPerSecond, or a later schedule.',
      });
    }
    await this.#clock.sleep(milliseconds);
  }

  /** Addresses are told without their query, which may hold cursors and customers. */
  #error(code: string, message: string, { origin, pathname }: URL, advice?: string): TributaryError {
    const where = `${this.#extraction.name}: ${origin}${pathname}`;
    return new TributaryError({ code, message, where, ...(advice !== undefined && { advice }) });
  }
}

interface Failure {
  readonly error: Error;
  readonly isPassing: boolean;
  readonly waitMs?: number | undefined;
  readonly status?: number;
}

/** A body that was cut or mixed up on the way: asking again may help. */
export class Garbled extends TributaryError {}
