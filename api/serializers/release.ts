import { formatDateTime } from '../../domain/dateTime.ts';
import { parseVersion } from '../../domain/version.ts';
import type {
  AuthorView,
  ReleaseProjectView,
  ReleaseView,
  UserView,
} from '../../db/releases/releaseView.ts';
import { serializeAuthor } from './author.ts';
import { loadAvatars, type Avatars } from './avatars.ts';
import { commitPeople, serializeCommit } from './commit.ts';
import { serializeDeploy } from './deploy.ts';
import { formatOrNull } from './formatOrNull.ts';
import { EventFigures, type EventScope } from './releaseEvents.ts';
import { serializer, type Json } from './serializer.ts';
import { serializeUser } from './user.ts';

export type ReleaseExtras = Readonly<{
  /** Neighbours and bounds; `{}` unless a project was asked for (releases-api 3.3). */
  currentProjectMeta?: Readonly<Record<string, unknown>>;
  /** With `adoptionStages=1` only. */
  hasAdoptionStages?: boolean;
  /** With `health=1` only: no session data yet, so null (decisions 29). */
  hasHealth?: boolean;
  /** Narrows what is said of the release's events; all of them unless given. */
  events?: EventScope;
}>;

type Attributes = Readonly<{ avatars: Avatars; figures: EventFigures }>;

export const release = serializer({
  getAttributes: async (releases: readonly ReleaseView[], context, { events }: ReleaseExtras) => ({
    avatars: await loadAvatars(context, 'user', releases.flatMap(shownUsers)),
    figures: await EventFigures.load(context, releases, events),
  }),
  toJson: serializeRelease,
});

function shownUsers({ owner, lastCommit, authors }: ReleaseView): (UserView | null | undefined)[] {
  return [owner, ...commitPeople(lastCommit), ...authors.map((author) => author.user)];
}

/** A release in full (releases-api 13.1). */
function serializeRelease(
  shown: ReleaseView,
  { avatars, figures }: Attributes,
  extras: ReleaseExtras,
): Json {
  const { owner, lastCommit, lastDeploy, dateReleased } = shown;
  return {
    id: Number(shown.id),
    version: shown.version,
    status: shown.status,
    shortVersion: shown.version,
    versionInfo: parseVersion(shown.version),
    ref: shown.ref,
    url: shown.url,
    dateReleased: formatOrNull(dateReleased),
    dateCreated: formatDateTime(shown.dateAdded),
    data: shown.data,
    ...figures.ofRelease(shown),
    owner: owner === null ? null : serializeUser(owner, avatars),
    commitCount: shown.commitCount,
    lastCommit: lastCommit === null ? null : serializeCommit(lastCommit, avatars),
    deployCount: shown.deployCount,
    lastDeploy: lastDeploy === null ? null : serializeDeploy(lastDeploy),
    authors: distinctAuthors(shown.authors).map((author) => serializeAuthor(author, avatars)),
    projects: shown.projects.map((project) => ({
      ...serializeReleaseProject(project),
      newGroups: figures.ofProject(shown, project).newGroups,
      hasHealthData: false,
      ...(extras.hasHealth === true ? { healthData: null } : {}),
    })),
    currentProjectMeta: extras.currentProjectMeta ?? {},
    userAgent: shown.userAgent,
    ...(extras.hasAdoptionStages === true ? { adoptionStages: null } : {}),
  };
}

/** A project as a release shows it; its id is a number here. */
export function serializeReleaseProject(project: ReleaseProjectView): Json {
  return {
    id: Number(project.id),
    slug: project.slug,
    name: project.name,
    newGroups: project.newGroups,
    platform: project.platform,
    platforms: project.platforms,
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
