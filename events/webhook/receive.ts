import { createHash } from 'node:crypto';
import { type CloudEvent, MAX_EVENT_BYTES } from '../cloud-event.ts';
import type { Contract, StreamName } from '../contracts/contract.ts';
import { contractOf, dataSchemaOf } from '../contracts/index.ts';
import type { StreamRecord } from '../producer/index.ts';
import { isJsonRecord, parseJson } from '../readers/json.ts';
import type { JsonRecord } from '../validator/layout.ts';
import type { WebhookSender } from './sender.ts';
import { type Headers, isSigned } from './signature.ts';

/** A call of the webhook: `POST /webhooks/<sender>/<source>`. */
export interface WebhookCall {
  readonly sender: string;
  readonly source: string;
  readonly headers: Headers;
  readonly body: Buffer;
  /** Milliseconds since 1970. */
  readonly receivedAt: number;
}

/** What the sender is told: nothing that helps to guess a secret. */
export interface Refusal {
  readonly status: 400 | 401 | 404 | 413 | 415;
  readonly code: string;
  readonly message: string;
}

export interface Received {
  readonly stream: StreamName;
  readonly records: readonly StreamRecord[];
}

export interface WebhookConfiguration {
  readonly senders: readonly WebhookSender[];
  readonly secretsOf: (sender: WebhookSender) => Promise<readonly string[]>;
}

/** What the gateway lets through. */
const MAX_BODY_BYTES = 6 * 1024 * 1024;
const LONGEST_KEY = 256;

const refusal = (status: Refusal['status'], code: string, message: string): Refusal => ({ status, code, message });

/**
 * Checks a call and makes events of the records in its body, one or a list. Whether a record keeps its contract is for
 * ingestion to say: a signed one is never turned away for it, but goes to quarantine where it can be looked at.
 */
export async function receive(call: WebhookCall, configuration: WebhookConfiguration): Promise<Received | Refusal> {
  const { sender, contract, stream } = addressee(call, configuration.senders);
  if (sender === undefined || contract === undefined || stream === undefined) {
    return refusal(404, 'unknown_address', 'the address is /webhooks/<sender>/<source>; one of both is not known here');
  }
  if (call.body.length > MAX_BODY_BYTES) {
    return refusal(413, 'body_too_large', `the body has more than ${MAX_BODY_BYTES} bytes`);
  }
  const secrets = await configuration.secretsOf(sender);
  if (!isSigned(sender.signature, call.headers, call.body, secrets, call.receivedAt)) {
    return refusal(401, 'not_signed', 'the signature is missing, too old or not that of this body');
  }
  if (!(call.headers['content-type'] ?? '').toLowerCase().startsWith('application/json')) {
    return refusal(415, 'not_json', 'the content type must be application/json');
  }
  const records = recordsOf(call.body);
  if (records === undefined) return refusal(400, 'not_json', 'the body must be a JSON object or a list of such');
  const deliveryId = call.headers[sender.idHeader.toLowerCase()] ?? digest(call.body);
  const events = records.map((data, index) => eventOf(data, contract, stream.type, call, `${deliveryId}-${index}`));
  const tooLarge = events.findIndex(({ data }) => data.byteLength > MAX_EVENT_BYTES);
  if (tooLarge >= 0) {
    return refusal(413, 'record_too_large', `record ${tooLarge + 1} has more than ${MAX_EVENT_BYTES} bytes`);
  }
  return { stream: stream.stream, records: events };
}

function addressee(call: WebhookCall, senders: readonly WebhookSender[]) {
  const sender = senders.find(({ name }) => name === call.sender);
  const contract = sender?.sources.includes(call.source) ? contractOf(call.source) : undefined;
  return { sender, contract, stream: contract?.transport.stream };
}

function recordsOf(body: Buffer): readonly JsonRecord[] | undefined {
  const parsed = parseJson(body.toString('utf8'));
  const list: readonly unknown[] = Array.isArray(parsed) ? parsed : [parsed];
  return list.every(isJsonRecord) ? list : undefined;
}

/** A repeated delivery makes the same events, so that the platform can tell. */
function eventOf(data: JsonRecord, contract: Contract, type: string, call: WebhookCall, id: string): StreamRecord {
  const event: CloudEvent = {
    specversion: '1.0',
    id,
    source: `urn:tributary:webhook:${call.sender}`,
    type,
    dataschema: dataSchemaOf(contract),
    time: new Date(call.receivedAt).toISOString(),
    datacontenttype: 'application/json',
    data,
  };
  const key = contract.key.map((name) => data[name]);
  const partitionKey = key.every((part) => typeof part === 'string' || typeof part === 'number') ? key.join('/') : id;
  return { partitionKey: partitionKey.slice(0, LONGEST_KEY), data: Buffer.from(JSON.stringify(event)) };
}

const digest = (body: Buffer): string => createHash('sha256').update(body).digest('hex');
