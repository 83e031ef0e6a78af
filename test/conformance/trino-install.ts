import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { TributaryError } from '../../common/errors.ts';
import { runCommand, tail } from '../../localstack/command.ts';

/** The Trino release whose dialect Athena's engine is closest to among those that Maven Central has. */
const TRINO_VERSION = '476';
const OLDEST_JAVA = 24;
const PLUGINS = ['hive', 'iceberg', 'tpch'];
const MAVEN_GET = 'org.apache.maven.plugins:maven-dependency-plugin:3.6.1:get';
const JVM_FOLDERS = ['/usr/lib/jvm', '/Library/Java/JavaVirtualMachines', '/opt/java'];

/**
 * The folder of an unpacked Trino server with the plugins that the tests use, fetched by Maven on first use (about
 * 800 MB) and kept outside the work tree. Throws `no_maven`, `download_failed`.
 */
export async function ensureTrino(onProgress: (message: string) => void): Promise<string> {
  const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'tributary', 'trino');
  const home = join(cache, `trino-server-core-${TRINO_VERSION}`);
  if (await isFolder(home)) return home;
  const repository = join(cache, 'm2');
  const unpacked = join(cache, `unpacking-${process.pid}`);
  await mkdir(unpacked, { recursive: true });
  try {
    onProgress('fetching the Trino server');
    await fetchArtifact(`io.trino:trino-server-core:${TRINO_VERSION}:tar.gz`, repository);
    await unpack('tar', ['-xzf', artifactFile(repository, 'trino-server-core', 'tar.gz'), '-C', unpacked]);
    const server = join(unpacked, `trino-server-core-${TRINO_VERSION}`);
    for (const plugin of PLUGINS) {
      onProgress(`fetching Trino's ${plugin} plugin`);
      await fetchArtifact(`io.trino:trino-${plugin}:${TRINO_VERSION}:zip`, repository);
      const archive = artifactFile(repository, `trino-${plugin}`, 'zip');
      await unpack('python3', ['-m', 'zipfile', '-e', archive, join(server, 'plugin')]);
    }
    await rename(server, home);
  } finally {
    await rm(unpacked, { recursive: true, force: true });
  }
  return home;
}

/** Home of a Java that runs Trino: `JAVA_HOME`, or the newest that is installed. Throws `no_java`. */
export async function findJava(): Promise<string> {
  const installed = await Promise.all(
    JVM_FOLDERS.map(async (folder) => {
      const names = await readdir(folder).catch(() => []);
      return names
        .sort()
        .reverse()
        .flatMap((name) => [join(folder, name), join(folder, name, 'Contents', 'Home')]);
    }),
  );
  const candidates = [process.env.JAVA_HOME, ...installed.flat()].filter((home) => home !== undefined);
  for (const home of candidates) {
    const result = await runCommand(join(home, 'bin', 'java'), ['-version']);
    const version = /version "(\d+)/.exec(result?.output ?? '')?.[1];
    if (Number(version) >= OLDEST_JAVA) return home;
  }
  throw new TributaryError({
    code: 'no_java',
    message: `Trino needs Java ${OLDEST_JAVA} or newer, and none was found by JAVA_HOME or in ${JVM_FOLDERS.join(', ')}`,
    advice: 'Install a JDK, for example Temurin 25, and set JAVA_HOME to it. Only `npm run test:conformance` needs it.',
  });
}

async function fetchArtifact(artifact: string, repository: string): Promise<void> {
  const options = [`-Dmaven.repo.local=${repository}`, '-Dtransitive=false', `-Dartifact=${artifact}`];
  const result = await runCommand('mvn', ['--quiet', '--batch-mode', MAVEN_GET, ...options]);
  if (result?.code === 0) return;
  if (result === undefined) {
    throw new TributaryError({
      code: 'no_maven',
      message: 'Maven (`mvn`) fetches the Trino server, and it is not on PATH',
      advice: 'Install Maven. Only `npm run test:conformance` needs it.',
    });
  }
  throw new TributaryError({ code: 'download_failed', message: tail(result.output), where: artifact });
}

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );

const artifactFile = (repository: string, name: string, extension: string): string =>
  join(repository, 'io', 'trino', name, TRINO_VERSION, `${name}-${TRINO_VERSION}.${extension}`);

async function unpack(command: string, args: readonly string[]): Promise<void> {
  const result = await runCommand(command, args);
  if (result?.code === 0) return;
  throw new TributaryError({
    code: 'unpack_failed',
    message: result === undefined ? `${command} is not on PATH` : tail(result.output),
    where: args.at(-1) ?? command,
  });
}
