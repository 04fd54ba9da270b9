import { badRequest } from '../../../domain/errors.ts';
import {
  isInboxQuery,
  parseIssueQuery,
  type IssueQuery,
} from '../../../domain/issues/issueQuery.ts';
import type { VersionTerm } from '../../../domain/issues/releaseQuery.ts';
import { intersect } from '../../../domain/issues/rangeTerms.ts';
import { parseShortId } from '../../../domain/shortId.ts';
import { findAssignees } from '../../../db/groups/findAssignees.ts';
import { findLatestReleases, findReleasesLike } from '../../../db/groups/findQueryReleases.ts';
import { anyGroup } from '../../../db/groups/anyGroup.ts';
import { groupSorts, type GroupFilter, type GroupSort } from '../../../db/groups/readGroups.ts';
import { findReleasesByTerms } from '../../../db/releases/findReleasesByTerms.ts';
import { containsPattern } from '../../../db/likePattern.ts';
import type { AccessibleProject } from '../../../db/access.ts';
import type { OrganizationAccess } from '../../access/organizationAccess.ts';
import { resolveEnvironments } from '../../access/resolveEnvironments.ts';
import type { ApiRequest } from '../../http/apiRequest.ts';
import type { AppContext } from '../../context.ts';
import { parseDateRange } from '../../pagination/dateRange.ts';
import { isId } from '../../validation/isId.ts';

/** Without a query people mean what is open; an empty one asks for everything (groups-projects-orgs 1.11). */
const DEFAULT_QUERY = 'is:unresolved';

/**
 * The issues that the parameters of a list mean, in these projects.
 * @throws AppError 400 for searches that mean nothing, not_found for unknown environments.
 */
export async function issueFilter(
  context: AppContext,
  access: OrganizationAccess,
  request: ApiRequest,
  projects: readonly AccessibleProject[],
): Promise<GroupFilter> {
  const { query } = request;
  const now = new Date();
  const search = parseIssueQuery(searchText(query), now);
  const environmentIds = await resolveEnvironments(request, access.organization.id);
  const range = parseDateRange(query, now);
  const inProjects = projects.filter(
    ({ id, slug }) =>
      search.projects === null || search.projects.includes(slug) || search.projects.includes(id),
  );
  const projectIds = inProjects.map(({ id }) => id);
  const versions = (list: readonly string[] | null): Promise<string[] | null> =>
    releaseIds(context, access.organization.id, list, { projectIds, environmentIds });
  const term = async ({ any, none }: VersionTerm): Promise<[string[] | null, string[]]> => [
    await versions(any),
    (await versions(none.length === 0 ? null : none)) ?? [],
  ];
  const [named, notNamed] = await term(search.seenIn);
  const [parts, notParts] = await releasesByParts(context, access.organization.id, search);
  const [firstReleases, notFirstReleases] = await term(search.firstSeenIn);
  const people = async (names: readonly string[] | null) =>
    names === null ? null : findAssignees(context.pool, access, names);
  const assignees = await people(search.assignees);
  return {
    ...anyGroup(projectIds),
    statuses: search.statuses,
    substatuses: search.substatuses,
    levels: search.levels,
    priorities: search.priorities,
    isAssigned: search.isAssigned,
    isForReview: search.isForReview,
    isLinked: search.isLinked,
    assigneeUserIds: assignees?.userIds ?? null,
    assigneeTeamIds: assignees?.teamIds ?? null,
    seenInReleases: both(named, parts),
    notSeenInReleases: [...notNamed, ...notParts],
    firstReleases,
    notFirstReleases,
    environmentIds,
    shortIds: search.shortIds === null ? null : shortIdsOf(search.shortIds, inProjects),
    patterns: search.texts.map(containsPattern),
    bookmarkedByIds: (await people(search.bookmarkedBy))?.userIds ?? null,
    subscribedByIds: (await people(search.subscribedBy))?.userIds ?? null,
    firstSeen: search.firstSeen,
    lastSeen: search.lastSeen,
    timesSeen: search.timesSeen,
    seenFrom: range.from,
    seenTo: range.to,
  };
}

/** sentry-cli selects issues by a status of its own instead of a search: changing others would be the worst answer. */
function searchText(query: URLSearchParams): string {
  const status = query.get('status') ?? '';
  if (status === '') return query.get('query') ?? DEFAULT_QUERY;
  return `${query.get('query') ?? ''} is:${status}`;
}

/** How far back reviewers look. */
const INBOX_MS = 7 * 86_400_000;

/**
 * The order of the inbox is for reviewing what is open, and for nothing else (groups-projects-orgs 1.11).
 * @throws AppError 400 for any other search.
 */
export function inboxFilter(filter: GroupFilter, query: URLSearchParams): GroupFilter {
  const now = new Date();
  if (!isInboxQuery(parseIssueQuery(searchText(query), now))) {
    throw badRequest("Sort key 'inbox' only supported for inbox search");
  }
  const recent = { from: new Date(now.getTime() - INBOX_MS).toISOString(), to: null };
  return { ...filter, lastSeen: intersect(filter.lastSeen ?? recent, recent) };
}

/** Issues by id, whatever their status. @throws AppError 400 for what is no id. */
export function filterByIds(projectIds: readonly string[], ids: readonly string[]): GroupFilter {
  if (!ids.every(isId)) throw badRequest('Group ids must be integers');
  return { ...anyGroup(projectIds), ids };
}

/** Issues by short id; names of no issue find none. */
export function filterByShortIds(
  projects: readonly AccessibleProject[],
  texts: readonly string[],
): GroupFilter {
  const filter = anyGroup(projects.map(({ id }) => id));
  return { ...filter, shortIds: shortIdsOf(texts, projects) };
}

/** @throws AppError 400 */
export function parseIssueSort(query: URLSearchParams): GroupSort {
  const text = query.get('sort') ?? 'date';
  // The names that other servers give to the same order.
  const name = { recommended: 'date', trends: 'date', priority: 'date' }[text] ?? text;
  const sort = groupSorts.find((known) => known === name);
  if (sort === undefined) throw badRequest(`Sort key '${text}' not supported.`);
  return sort;
}

/** `latest` is looked up in each project, `*` stands for anything; a version that nobody has matches nothing. */
async function releaseIds(
  context: AppContext,
  organizationId: string,
  versions: readonly string[] | null,
  scope: Readonly<{ projectIds: readonly string[]; environmentIds: readonly string[] | null }>,
): Promise<string[] | null> {
  if (versions === null) return null;
  const named = versions.filter((version) => version !== 'latest');
  const [latest, like] = await Promise.all([
    named.length === versions.length
      ? []
      : findLatestReleases(context.pool, scope.projectIds, scope.environmentIds),
    findReleasesLike(context.pool, organizationId, named.map(wildcardPattern)),
  ]);
  return [...latest, ...like];
}

/** Releases that a search means by the parts of their versions: those in which issues were seen, and those in which not. */
async function releasesByParts(
  context: AppContext,
  organizationId: string,
  { releaseTerms: { all, none } }: IssueQuery,
): Promise<[string[] | null, string[]]> {
  const [found, left] = await Promise.all([
    findReleasesByTerms(context.pool, organizationId, all, { isAny: false }),
    findReleasesByTerms(context.pool, organizationId, none, { isAny: true }),
  ]);
  return [all.length === 0 ? null : found, left];
}

/** What is in both lists, of which null holds everything. */
function both(a: string[] | null, b: string[] | null): string[] | null {
  if (a === null || b === null) return a ?? b;
  const other = new Set(b);
  return a.filter((id) => other.has(id));
}

function wildcardPattern(text: string): string {
  return text.split('*').map(escapeLike).join('%');
}

function escapeLike(text: string): string {
  return containsPattern(text).slice(1, -1);
}

/** As pairs of project and number; what names no issue of these projects finds nothing. */
function shortIdsOf(
  texts: readonly string[],
  projects: readonly AccessibleProject[],
): { projectId: string; number: string }[] {
  return texts.flatMap((text) => {
    const shortId = parseShortId(text);
    const project = projects.find(({ slug }) => slug.toLowerCase() === shortId?.slug);
    return shortId === null || project === undefined
      ? []
      : [{ projectId: project.id, number: shortId.number }];
  });
}
