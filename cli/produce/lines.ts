import { asError } from '../../common/errors.ts';
import type { Contract } from '../../events/contracts/contract.ts';
import { contractByEventType } from '../../events/contracts/index.ts';
import { EventFactory } from '../../events/producer/event.ts';
import { parseRecord } from '../../events/readers/json.ts';
import { recordOfLine } from '../datasets/event-lines.ts';
import type { Produced } from './produce.ts';

/** Who sends rows of a file. */
const SOURCE = 'urn:tributary:produce';

/** CloudEvents, one a line, as they are: what is wrong with their data is for ingestion to say. */
export async function* eventsOfLines(lines: AsyncIterable<string>): AsyncGenerator<Produced> {
  let number = 0;
  for await (const line of lines) {
    number++;
    const parsed = parseRecord(line);
    const type = 'record' in parsed ? parsed.record.type : undefined;
    const stream = typeof type === 'string' ? contractByEventType(type)?.transport.stream?.stream : undefined;
    if (stream !== undefined) yield { stream, record: recordOfLine(line) };
    else if ('problem' in parsed) yield { refusal: `line ${number}: ${parsed.problem.message}` };
    else yield { refusal: `line ${number}: no contract takes events of type ${JSON.stringify(type) ?? 'undefined'}` };
  }
}

/** Rows of a contract, one a line, each made an event of its own. */
export async function* eventsOfRows(lines: AsyncIterable<string>, contract: Contract): AsyncGenerator<Produced> {
  const factory = new EventFactory(SOURCE);
  let number = 0;
  for await (const line of lines) {
    number++;
    const parsed = parseRecord(line);
    if ('problem' in parsed) yield { refusal: `line ${number}: ${parsed.problem.message}` };
    else yield eventOfRow(factory, contract, parsed.record, number);
  }
}

function eventOfRow(
  factory: EventFactory,
  contract: Contract,
  row: Readonly<Record<string, unknown>>,
  number: number,
): Produced {
  try {
    // Whether it is such a row is what the factory finds out.
    return factory.event(contract, row as Parameters<typeof factory.event>[1]);
  } catch (thrown) {
    return { refusal: `line ${number}: ${asError(thrown).message}` };
  }
}
