import { createServer, type Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { freePort, isListening, LOOPBACK, requireFreePort } from '../../../localstack/ports.ts';

const servers: Server[] = [];

function listen(host: string): Promise<number> {
  const server = createServer();
  servers.push(server);
  return new Promise((resolve) => {
    server.listen(0, host, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
}

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
});

describe('requireFreePort', () => {
  it('accepts a port that nobody uses', async () => {
    await expect(requireFreePort(await freePort(), 'a test')).resolves.toBeUndefined();
  });

  it.each([LOOPBACK, '0.0.0.0'])('names a port that is taken on %s, and how to choose another', async (host) => {
    const port = await listen(host);
    await expect(requireFreePort(port, 'the AWS emulator')).rejects.toMatchObject({
      code: 'port_in_use',
      message: `port ${port}, meant for the AWS emulator, is taken by another program`,
      advice: expect.stringContaining('--port'),
    });
  });
});

describe('isListening', () => {
  it('tells an open port from a closed one', async () => {
    expect(await isListening(await listen(LOOPBACK))).toBe(true);
    expect(await isListening(await freePort())).toBe(false);
  });
});
