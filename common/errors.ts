/** What every error in Tributary carries: a stable code, what was wrong, where, and what to do about it. */
export interface ErrorDetails {
  readonly code: string;
  readonly message: string;
  /** File and line, table, object key or stream position. */
  readonly where?: string;
  readonly advice?: string;
  readonly cause?: unknown;
}

export class TributaryError extends Error {
  readonly code: string;
  readonly where: string | undefined;
  readonly advice: string | undefined;

  constructor({ code, message, where, advice, cause }: ErrorDetails) {
    super(message, { cause });
    this.name = 'TributaryError';
    this.code = code;
    this.where = where;
    this.advice = advice;
  }

  /** One paragraph for a person: `[code] where: message. advice`. */
  override toString(): string {
    const place = this.where ? `${this.where}: ` : '';
    const advice = this.advice ? `\n  → ${this.advice}` : '';
    return `[${this.code}] ${place}${this.message}${advice}`;
  }
}

/** Whatever was thrown, as an Error. */
export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
