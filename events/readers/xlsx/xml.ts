import { SaxesParser } from 'saxes';
import { asError } from '../../../common/errors.ts';
import { FileRefusal } from '../refusal.ts';

/** Takes what XML holds, in its order; names come without their namespace's prefix. */
export interface XmlHandler {
  open(name: string, attributes: Readonly<Record<string, string>>): void;
  close?(name: string): void;
  text?(text: string): void;
}

/** No tag and no text of a workbook is as long as this; it would have to be held whole. */
const MAX_TOKEN_CHARACTERS = 4 * 1024 ** 2;

const localName = (name: string): string => {
  const colon = name.indexOf(':');
  return colon < 0 ? name : name.slice(colon + 1);
};

const refusal = (reason: string, cause?: unknown): FileRefusal =>
  new FileRefusal('unreadable_excel', `the file is not a complete Excel file: ${reason}`, cause);

/**
 * Reads XML (UTF-8) as it streams in. Throws a `FileRefusal` when it is none.
 *
 * @param afterChunk awaited after each piece of the stream
 */
export async function readXml(
  bytes: AsyncIterable<Uint8Array>,
  handler: XmlHandler,
  afterChunk: () => Promise<void> = async () => {},
): Promise<void> {
  let unanswered = 0;
  const parser = new SaxesParser<{ xmlns: false; position: false }>({ xmlns: false, position: false });
  parser.on('error', (error) => {
    throw refusal(error.message, error);
  });
  parser.on('opentag', ({ name, attributes }) => {
    unanswered = 0;
    handler.open(localName(name), attributes);
  });
  parser.on('closetag', ({ name }) => {
    unanswered = 0;
    handler.close?.(localName(name));
  });
  if (handler.text) parser.on('text', (text) => handler.text?.(text));
  if (handler.text) parser.on('cdata', (text) => handler.text?.(text));

  const decoder = new TextDecoder('utf-8', { fatal: true });
  const write = (chunk: Uint8Array | undefined): void => {
    const text = decoded(decoder, chunk);
    unanswered += text.length;
    parser.write(text);
    if (unanswered > MAX_TOKEN_CHARACTERS) throw refusal('it has a cell of more than 4 MiB');
  };
  for await (const chunk of bytes) {
    write(chunk);
    await afterChunk();
  }
  write(undefined);
  parser.close();
  await afterChunk();
}

function decoded(decoder: InstanceType<typeof TextDecoder>, chunk: Uint8Array | undefined): string {
  try {
    return decoder.decode(chunk, { stream: chunk !== undefined });
  } catch (thrown) {
    throw refusal(asError(thrown).message, thrown);
  }
}
