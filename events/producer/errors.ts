import { TributaryError } from '../../common/errors.ts';
import type { Problem } from '../validator/problem.ts';
import type { StreamRecord } from './record.ts';

/** A row that its contract refuses: it has not been sent. */
export class RowRefused extends TributaryError {
  readonly problems: readonly Problem[];

  constructor(source: string, problems: readonly Problem[]) {
    super({
      code: 'row_refused',
      message: problems.map(({ message }) => message).join('; '),
      where: source,
      advice: 'send what the contract says; docs/data-dictionary.md describes each field',
    });
    this.problems = problems;
  }
}

/** The stream did not take everything; a new writer may send `records` again, in this order. */
export class RecordsNotSent<R extends StreamRecord = StreamRecord> extends TributaryError {
  /** In the order in which they were handed over; some may be in the stream where the service did not answer. */
  readonly records: readonly R[];

  constructor(stream: string, records: readonly R[], reason: string, cause?: unknown) {
    super({
      code: 'records_not_sent',
      message: `${records.length} records were not sent: ${reason}`,
      where: stream,
      advice: 'send the records of this error again later',
      cause,
    });
    this.records = records;
  }
}
