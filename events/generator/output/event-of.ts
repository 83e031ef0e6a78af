import type { CloudEvent } from '../../cloud-event.ts';
import type { Contract } from '../../contracts/contract.ts';
import { dataSchemaOf } from '../../contracts/index.ts';
import { microsOfText } from '../../validator/instant.ts';
import type { JsonRecord } from '../../validator/layout.ts';

export interface EventInput {
  readonly contract: Contract;
  /** CloudEvents type that the contract names. */
  readonly type: string;
  readonly id: string;
  readonly record: JsonRecord;
  /** ISO 8601, of a record without a time of its own. */
  readonly otherwiseAt: string;
}

/** A record as the synthetic retailer's system sends it. A wrong field does not make a wrong event: the envelope is right. */
export function eventOf({ contract, type, id, record, otherwiseAt }: EventInput): CloudEvent {
  const time = record[contract.eventTimeColumn];
  return {
    specversion: '1.0',
    id,
    source: `urn:tributary:synthetic:${contract.source}`,
    type,
    time: typeof time === 'string' && microsOfText(time) !== undefined ? time : otherwiseAt,
    datacontenttype: 'application/json',
    dataschema: dataSchemaOf(contract),
    data: record,
  };
}
