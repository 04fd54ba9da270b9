import { formatDateTime } from '../../domain/dateTime.ts';
import { parseVersion } from '../../domain/version.ts';
import type { AuthorView, ReleaseProjectView, ReleaseView } from '../../db/releases/releaseView.ts';
import { serializeCommit } from './commit.ts';
import { serializeDeploy } from './deploy.ts';
import { serializeAuthor, serializeUser } from './user.ts';

export type ReleaseExtras = Readonly<{
  /** Neighbours and bounds; `{}` unless a project was asked for (releases-api 3.3). */
  currentProjectMeta?: Readonly<Record<string, unknown>>;
  /** With `adoptionStages=1` only. */
  hasAdoptionStages?: boolean;
  /** With `health=1` only: no session data yet, so null (decisions 29). */
  hasHealth?: boolean;
}>;

/** A release in full (releases-api 13.1). */
export function serializeRelease(
  release: ReleaseView,
  extras: ReleaseExtras = {},
): Record<string, unknown> {
  return {
    id: Number(release.id),
    version: release.version,
    status: release.status,
    shortVersion: release.version,
    versionInfo: parseVersion(release.version),
    ref: release.ref,
    url: release.url,
    dateReleased: release.dateReleased === null ? null : formatDateTime(release.dateReleased),
    dateCreated: formatDateTime(release.dateAdded),
    data: release.data,
    newGroups: countNewGroups(release),
    owner: release.owner === null ? null : serializeUser(release.owner),
    commitCount: release.commitCount,
    lastCommit: release.lastCommit === null ? null : serializeCommit(release.lastCommit),
    deployCount: release.deployCount,
    lastDeploy: release.lastDeploy === null ? null : serializeDeploy(release.lastDeploy),
    authors: distinctAuthors(release.authors).map(serializeAuthor),
    projects: release.projects.map((project) => ({
      ...serializeReleaseProject(project),
      hasHealthData: false,
      ...(extras.hasHealth === true ? { healthData: null } : {}),
    })),
    firstEvent: null,
    lastEvent: null,
    currentProjectMeta: extras.currentProjectMeta ?? {},
    userAgent: release.userAgent,
    ...(extras.hasAdoptionStages === true ? { adoptionStages: null } : {}),
  };
}

/** A project as a release shows it; its id is a number here. */
export function serializeReleaseProject(project: ReleaseProjectView): Record<string, unknown> {
  return {
    id: Number(project.id),
    slug: project.slug,
    name: project.name,
    newGroups: project.newGroups,
    platform: project.platform,
    platforms: [],
  };
}

export function countNewGroups({ projects }: ReleaseView): number {
  return projects.reduce((sum, project) => sum + project.newGroups, 0);
}

/** Two author rows may belong to one person: the first counts. */
function distinctAuthors(authors: readonly AuthorView[]): AuthorView[] {
  const byEmail = new Map<string, AuthorView>();
  for (const author of authors) {
    const email = author.user?.email ?? author.email;
    if (!byEmail.has(email)) byEmail.set(email, author);
  }
  return [...byEmail.values()];
}
