import { connect, createServer } from 'node:net';
import { TributaryError } from '../common/errors.ts';

/** An address, not a name: S3 clients then put the bucket into the path and not before the host's name. */
export const LOOPBACK = '127.0.0.1';

/** Throws `port_in_use`, or `port_not_allowed` for ports that only the administrator may use. */
export async function requireFreePort(port: number, purpose: string): Promise<void> {
  // On some systems a port can be bound on loopback although another program serves it on all interfaces.
  if (await isListening(port)) throw portInUse(port, purpose);
  const failure = await tryToListen(port);
  if (failure === undefined) return;
  if (failure.code === 'EADDRINUSE') throw portInUse(port, purpose);
  throw new TributaryError({
    code: 'port_not_allowed',
    message: `port ${port}, meant for ${purpose}, cannot be opened: ${failure.message}`,
    advice: 'choose another one above 1023, for example `--port 4600`',
  });
}

const portInUse = (port: number, purpose: string) =>
  new TributaryError({
    code: 'port_in_use',
    message: `port ${port}, meant for ${purpose}, is taken by another program`,
    advice:
      'stop that program (LocalStack or another emulator, perhaps), or choose other ports: ' +
      '`npm run demo -- --port 4600`, `npx tributary up --port 4600`',
  });

/** Whether something answers on this port of the loopback interface. */
export function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: LOOPBACK });
    const end = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => end(true)).once('error', () => end(false));
  });
}

/** A port that nobody uses now; another program may still take it before it is opened. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, LOOPBACK, resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  return address.port;
}

function tryToListen(port: number): Promise<NodeJS.ErrnoException | undefined> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error));
    server.listen(port, LOOPBACK, () => server.close(() => resolve(undefined)));
  });
}
