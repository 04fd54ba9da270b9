import { AppError, badRequest } from '../../../domain/errors.ts';
import { findCommitByKey, findRepositoryByName } from '../../../db/groups/findCommit.ts';
import type { LockedGroup } from '../../../db/groups/lockGroups.ts';
import { findProjectRelease } from '../../../db/groups/planResolution.ts';
import type { Snooze } from '../../../db/groups/snooze.ts';
import type { ResolutionTarget } from '../../../db/groups/setResolved.ts';
import type { Transaction } from '../../../db/pool.ts';
import type { IssueChange, StatusDetails } from '../../validation/issueBody.ts';

/** What the newest release of a project is called in changes and searches. */
const LATEST = 'latest';

const NO_RELEASE = "No release data present in the system to form a basis for 'Next Release'";

/**
 * What `statusDetails` of a resolution names (groups-projects-orgs 1.11).
 * @throws AppError 400 for releases, commits and repositories that are not there, and for several projects.
 */
export async function resolutionTarget(
  tx: Transaction,
  organizationId: string,
  groups: readonly LockedGroup[],
  { details, isNextReleaseOptional }: IssueChange,
): Promise<ResolutionTarget> {
  const { inRelease, inNextRelease, inCommit } = details;
  if (inRelease === undefined && inNextRelease !== true && inCommit === undefined) {
    return { kind: 'now' };
  }
  const [projectId = '', ...others] = new Set(groups.map((group) => group.projectId));
  if (others.length > 0) throw badRequest('Cannot set resolved for multiple projects.');
  if (inCommit !== undefined) {
    return { kind: 'in_commit', commitId: await requireCommit(tx, organizationId, inCommit) };
  }
  if (inRelease !== undefined) {
    const version = inRelease === LATEST ? null : inRelease;
    const release = await findProjectRelease(tx, projectId, version);
    if (release === null) {
      throw detailError({ inRelease: ['Unable to find a release with the given version.'] });
    }
    return { kind: 'in_release', release };
  }
  const anchor = await findProjectRelease(tx, projectId, null);
  if (anchor === null && !isNextReleaseOptional) throw detailError({ inNextRelease: [NO_RELEASE] });
  return { kind: 'in_next_release', anchor };
}

/** What an ignored issue comes back for, without what was not said. */
export function ignoreDetails(details: StatusDetails): Record<string, number> {
  const { ignoreDuration, ignoreCount, ignoreWindow, ignoreUserCount, ignoreUserWindow } = details;
  const named = { ignoreDuration, ignoreCount, ignoreWindow, ignoreUserCount, ignoreUserWindow };
  return Object.fromEntries(
    Object.entries(named).filter(
      (entry): entry is [string, number] => typeof entry[1] === 'number' && entry[1] > 0,
    ),
  );
}

/** The same as it is kept; zero is no condition. */
export function snoozeOf(details: StatusDetails): Snooze {
  const given = ignoreDetails(details);
  return {
    durationMinutes: given['ignoreDuration'] ?? null,
    count: given['ignoreCount'] ?? null,
    windowMinutes: given['ignoreWindow'] ?? null,
    userCount: given['ignoreUserCount'] ?? null,
    userWindowMinutes: given['ignoreUserWindow'] ?? null,
  };
}

async function requireCommit(
  tx: Transaction,
  organizationId: string,
  { commit, repository }: Readonly<{ commit: string; repository: string }>,
): Promise<string> {
  const repositoryIds = await findRepositoryByName(tx, organizationId, repository);
  if (repositoryIds.length === 0) {
    throw detailError({
      inCommit: { repository: ['Unable to find the given repository.'] },
    });
  }
  const commitId = await findCommitByKey(tx, repositoryIds, commit);
  if (commitId === null) {
    throw detailError({ inCommit: { commit: ['Unable to find the given commit.'] } });
  }
  return commitId;
}

function detailError(statusDetails: Record<string, unknown>): AppError {
  return new AppError('invalid_input', 'Invalid status details', { body: { statusDetails } });
}
