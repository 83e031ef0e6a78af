import { stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { TributaryError } from '../../common/errors.ts';
import { runCommand, tail } from '../../localstack/command.ts';

/** Where the engines of the conformance tests are kept, outside the work tree. */
export const CACHE = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'tributary');

const REPOSITORY = join(CACHE, 'm2');
const MAVEN_GET = 'org.apache.maven.plugins:maven-dependency-plugin:3.6.1:get';

export interface Artifact {
  readonly group: string;
  readonly name: string;
  readonly version: string;
  readonly packaging: 'jar' | 'zip' | 'tar.gz';
}

/** Fetches an artifact without what it depends on, and returns its file. Throws `no_maven`, `download_failed`. */
export async function fetchArtifact({ group, name, version, packaging }: Artifact): Promise<string> {
  const file = join(REPOSITORY, ...group.split('.'), name, version, `${name}-${version}.${packaging}`);
  if (await isFile(file)) return file;
  const artifact = `${group}:${name}:${version}:${packaging}`;
  const options = [`-Dmaven.repo.local=${REPOSITORY}`, '-Dtransitive=false', `-Dartifact=${artifact}`];
  const result = await runCommand('mvn', ['--quiet', '--batch-mode', MAVEN_GET, ...options]);
  if (result?.code === 0)
    return join(REPOSITORY, ...group.split('.'), name, version, `${name}-${version}.${packaging}`);
  if (result === undefined) {
    throw new TributaryError({
      code: 'no_maven',
      message: 'Maven (`mvn`) fetches Trino and what Spark needs, and it is not on PATH',
      advice: 'Install Maven. Only `npm run test:conformance` needs it.',
    });
  }
  throw new TributaryError({ code: 'download_failed', message: tail(result.output), where: artifact });
}

const isFile = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
