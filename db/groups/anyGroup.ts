import type { GroupFilter } from './readGroups.ts';

/** The filter that lets every issue of these projects through. */
export function anyGroup(projectIds: readonly string[]): GroupFilter {
  return {
    projectIds,
    ids: null,
    statuses: null,
    substatuses: null,
    levels: null,
    priorities: null,
    isAssigned: null,
    isForReview: null,
    isLinked: null,
    assigneeUserIds: null,
    assigneeTeamIds: null,
    seenInReleases: null,
    notSeenInReleases: [],
    firstReleases: null,
    notFirstReleases: [],
    environmentIds: null,
    shortIds: null,
    patterns: [],
    seenFrom: null,
    seenTo: null,
  };
}
