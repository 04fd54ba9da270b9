import { parseSemver, type Semver } from './version.ts';

const numberKeys = ['major', 'minor', 'patch', 'revision'] as const;

/**
 * Order of semantic versions (releases-api 10.3): negative when `a` is older. Package and build take no part.
 * Prereleases compare by code unit; they are ASCII, so SQL agrees as long as it says `collate "C"`.
 */
export function compareVersions(a: Semver, b: Semver): number {
  for (const key of numberKeys) {
    const [left, right] = [BigInt(a[key]), BigInt(b[key])];
    if (left !== right) return left < right ? -1 : 1;
  }
  if (a.prerelease === b.prerelease) return 0;
  if (a.prerelease === '') return 1;
  if (b.prerelease === '') return -1;
  return a.prerelease < b.prerelease ? -1 : 1;
}

/** How many releases decide, and how many of the newest weigh more (releases-api 10.4). */
const RECENT_COUNT = 10;
const NEWEST_COUNT = 3;
const SEMVER_OF_RECENT_MIN = 3;

/**
 * Whether a project orders its releases by semantic version (releases-api 10.4).
 * @param newestFirst the releases of the project by date added; archived ones are left out here.
 * @param version when given, it has to be a semantic version with a package as well.
 */
export function followsSemver(
  newestFirst: readonly Readonly<{ status: string; package: string | null }>[],
  version?: string,
): boolean {
  if (version !== undefined && parseSemver(version) === null) return false;
  const recent = newestFirst
    .filter((release) => release.status === 'open')
    .slice(0, RECENT_COUNT)
    .map((release) => release.package !== null);
  if (recent.length < NEWEST_COUNT) return recent[0] ?? false;
  if (!recent.slice(0, NEWEST_COUNT).includes(true)) return false;
  return recent.length < RECENT_COUNT || recent.filter(Boolean).length >= SEMVER_OF_RECENT_MIN;
}
