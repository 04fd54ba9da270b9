import { compareVersions } from '../versionOrder.ts';
import { parseSemver } from '../version.ts';

/** A release as far as order goes; `orderDate` is its release date, else when it was added, in seconds. */
export type OrderedRelease = Readonly<{ id: string; version: string; orderDate: number }>;

export type Resolution = Readonly<{
  type: 'in_release' | 'in_next_release';
  /** The release that the resolution is bound to. */
  anchor: OrderedRelease;
  /** The latest version that had the issue when somebody chose "in the next release". */
  currentVersion: string | null;
  /** That version as a release, if there still is one. */
  current: OrderedRelease | null;
}>;

/**
 * Whether a resolution covers an event of a release: the event comes from a build that need not have the fix, so it is
 * no regression (groups-projects-orgs 1.8).
 * @param isSemver the project follows semantic versions, and the event's version is one.
 */
export function hasResolution(
  resolution: Resolution | null,
  release: OrderedRelease | null,
  isSemver: boolean,
): boolean {
  if (resolution === null) return false;
  if (release === null) return true;
  const byCurrent = coveredByCurrent(resolution, release, isSemver);
  if (byCurrent !== null) return byCurrent;
  const { anchor, type } = resolution;
  const isSame = anchor.id === release.id;
  if (type === 'in_next_release') return isSame || anchor.orderDate > release.orderDate;
  // An event of the very release that has the fix: the fix does not work.
  if (isSame) return false;
  if (isSemver && (compare(anchor.version, release.version) ?? 0) > 0) return true;
  return anchor.orderDate >= release.orderDate;
}

/** Null when the current version does not decide. */
function coveredByCurrent(
  { anchor, currentVersion, current }: Resolution,
  release: OrderedRelease,
  isSemver: boolean,
): boolean | null {
  if (currentVersion === null) return null;
  if (isSemver) {
    const order = compare(currentVersion, release.version);
    if (order === null) return null;
    if (order >= 0) return true;
    const anchorOrder = compare(anchor.version, release.version);
    return anchorOrder === null ? null : anchorOrder > 0;
  }
  if (current === null) return null;
  return current.id === release.id || current.orderDate > release.orderDate;
}

/** Null when either is no semantic version. */
function compare(a: string, b: string): number | null {
  const [left, right] = [parseSemver(a), parseSemver(b)];
  return left === null || right === null ? null : compareVersions(left, right);
}
