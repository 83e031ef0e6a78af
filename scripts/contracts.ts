// `npm run contracts` tells what in the contracts breaks a release of them; with `-- --release` it keeps the contracts as
// they stand, unless something breaks.
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { breakingChanges } from '../events/contracts/compatibility.ts';
import { contractOf, contracts } from '../events/contracts/index.ts';
import { type Release, releaseFile, releaseOf } from '../events/contracts/release.ts';

export const RELEASES = join(import.meta.dirname, '..', 'events', 'contracts', 'releases');

/** Every release that was kept. */
export async function readReleases(folder: string = RELEASES): Promise<Release[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort();
  return Promise.all(
    names.map(async (name): Promise<Release> => JSON.parse(await readFile(join(folder, name), 'utf8'))),
  );
}

/** What breaks a release, by source, in words. */
export function problems(releases: readonly Release[]): string[] {
  return releases.flatMap((release) => {
    const contract = contractOf(release.source);
    const changes = contract ? breakingChanges(release, contract) : ['the source is gone'];
    return changes.map((change) => `${release.source}, version ${release.version}: ${change}`);
  });
}

/** Sources whose release in force is missing or is not what the contract says. */
export function unreleased(releases: readonly Release[]): string[] {
  const kept = new Map(releases.map((release) => [releaseFile(release), JSON.stringify(release)]));
  return contracts
    .filter((contract) => kept.get(releaseFile(contract)) !== JSON.stringify(releaseOf(contract)))
    .map(({ source }) => source);
}

if (import.meta.main) {
  await mkdir(RELEASES, { recursive: true });
  const found = problems(await readReleases());
  for (const problem of found) console.error(problem);
  if (found.length > 0) {
    console.error('Give the contract its next version with an upcast from the last one, or undo the change.');
    process.exitCode = 1;
  } else if (process.argv.includes('--release')) {
    for (const contract of contracts) {
      await writeFile(join(RELEASES, releaseFile(contract)), `${JSON.stringify(releaseOf(contract), null, 2)}\n`);
    }
  }
}
