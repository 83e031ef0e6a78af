import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { TributaryError } from '../../common/errors.ts';
import { runCommand } from '../../localstack/command.ts';

const JVM_FOLDERS = ['/usr/lib/jvm', '/Library/Java/JavaVirtualMachines', '/opt/java'];

export interface JavaNeed {
  /** Who needs it: `Trino`. */
  readonly program: string;
  readonly oldest: number;
  /** The last release that it runs on; without one, any newer does. */
  readonly newest?: number;
}

/** Home of a Java that fits: `JAVA_HOME`, variables like `JAVA_HOME_17_X64`, or what is installed. Throws `no_java`. */
export async function findJava({ program, oldest, newest = Number.POSITIVE_INFINITY }: JavaNeed): Promise<string> {
  const installed = (await Promise.all(JVM_FOLDERS.map(homesBelow))).flat();
  const named = Object.entries(process.env).flatMap(([name, home]) => (name.startsWith('JAVA_HOME') ? [home] : []));
  for (const home of [...named, ...installed]) {
    const release = home === undefined ? Number.NaN : await releaseOf(home);
    if (home !== undefined && release >= oldest && release <= newest) return home;
  }
  const range = newest === oldest ? `Java ${oldest}` : `Java ${oldest} or newer`;
  throw new TributaryError({
    code: 'no_java',
    message: `${program} needs ${range}, and none was found by JAVA_HOME or in ${JVM_FOLDERS.join(', ')}`,
    advice: `Install a JDK of release ${oldest}, for example Temurin. Only \`npm run test:conformance\` needs it.`,
  });
}

async function homesBelow(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch(() => []);
  return names
    .sort()
    .reverse()
    .flatMap((name) => [join(folder, name), join(folder, name, 'Contents', 'Home')]);
}

async function releaseOf(home: string): Promise<number> {
  const result = await runCommand(join(home, 'bin', 'java'), ['-version']);
  return Number(/version "(\d+)/.exec(result?.output ?? '')?.[1]);
}
