import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { TributaryError } from '../../common/errors.ts';
import { runCommand, tail } from '../../localstack/command.ts';
import { CACHE, fetchArtifact } from './maven.ts';

/** The Trino release whose dialect Athena's engine is closest to among those that Maven Central has. */
const TRINO_VERSION = '476';
const PLUGINS = ['hive', 'iceberg', 'tpch'];

/**
 * The folder of an unpacked Trino server with the plugins that the tests use, fetched by Maven on first use (about
 * 800 MB) and kept outside the work tree. Throws `no_maven`, `download_failed`.
 */
export async function ensureTrino(onProgress: (message: string) => void): Promise<string> {
  const cache = join(CACHE, 'trino');
  const home = join(cache, `trino-server-core-${TRINO_VERSION}`);
  if (await isFolder(home)) return home;
  const unpacked = join(cache, `unpacking-${process.pid}`);
  await mkdir(unpacked, { recursive: true });
  try {
    onProgress('fetching the Trino server');
    await unpack('tar', ['-xzf', await fetchTrino('server-core', 'tar.gz'), '-C', unpacked]);
    const server = join(unpacked, `trino-server-core-${TRINO_VERSION}`);
    for (const plugin of PLUGINS) {
      onProgress(`fetching Trino's ${plugin} plugin`);
      await unpack('python3', ['-m', 'zipfile', '-e', await fetchTrino(plugin, 'zip'), join(server, 'plugin')]);
    }
    await rename(server, home);
  } finally {
    await rm(unpacked, { recursive: true, force: true });
  }
  return home;
}

const fetchTrino = (part: string, packaging: 'tar.gz' | 'zip'): Promise<string> =>
  fetchArtifact({ group: 'io.trino', name: `trino-${part}`, version: TRINO_VERSION, packaging });

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );

async function unpack(command: string, args: readonly string[]): Promise<void> {
  const result = await runCommand(command, args);
  if (result?.code === 0) return;
  throw new TributaryError({
    code: 'unpack_failed',
    message: result === undefined ? `${command} is not on PATH` : tail(result.output),
    where: args.at(-1) ?? command,
  });
}
