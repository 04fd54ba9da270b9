import { AppError, badRequest, fieldError } from '../../../domain/errors.ts';
import { addToInbox, markReviewed } from '../../../db/groups/inbox.ts';
import { assignGroups, findAssignee, type Assignee } from '../../../db/groups/assignGroups.ts';
import { lockGroups, type LockedGroup } from '../../../db/groups/lockGroups.ts';
import { setBookmark, setSeen } from '../../../db/groups/personal.ts';
import { setOpenStatus } from '../../../db/groups/setOpenStatus.ts';
import { setPriority } from '../../../db/groups/setPriority.ts';
import { setResolved } from '../../../db/groups/setResolved.ts';
import { shareGroups } from '../../../db/groups/shareGroups.ts';
import { setSnooze } from '../../../db/groups/snooze.ts';
import { assignsItself, setSubscription, subscribeActor } from '../../../db/groups/subscribe.ts';
import { announceIssues } from '../../../db/outbox/announceIssues.ts';
import { appendStatusSync } from '../../../db/outbox/appendStatusSync.ts';
import { transaction, type Transaction } from '../../../db/pool.ts';
import type { OrganizationAccess } from '../../access/organizationAccess.ts';
import type { AppContext } from '../../context.ts';
import type { IssueChange } from '../../validation/issueBody.ts';
import { ignoreDetails, resolutionTarget, snoozeOf } from './resolutionTarget.ts';

/**
 * Applies a change to issues of one organization in one transaction; the number of statements does not depend on how
 * many they are.
 * @throws AppError 400 with nothing changed.
 */
export async function changeIssues(
  context: AppContext,
  access: OrganizationAccess,
  ids: readonly string[],
  change: IssueChange,
): Promise<void> {
  refuseUnsupported(change);
  const actorId = access.principal.kind === 'user' ? access.principal.userId : null;
  const deliveries = await transaction(context.pool, async (tx) => {
    const locked = await lockGroups(tx, ids);
    if (locked.length === 0) return 0;
    const told = await changeStatus(tx, access, locked, change, actorId);
    const lockedIds = locked.map(({ id }) => id);
    if (change.assignedTo !== undefined) {
      const assignee = await resolveAssignee(tx, access, locked, change.assignedTo);
      const assigned = await assignGroups(tx, lockedIds, assignee, actorId);
      if (assignee?.type === 'user') await subscribeActor(tx, assigned, assignee.id);
    }
    if (change.priority !== null) await setPriority(tx, lockedIds, change.priority, actorId);
    if (change.inbox === true) await addToInbox(tx, lockedIds);
    if (change.inbox === false) await markReviewed(tx, lockedIds, actorId);
    if (actorId !== null) await changePersonal(tx, lockedIds, change, actorId);
    if (change.isPublic !== null) await shareGroups(tx, lockedIds, change.isPublic, actorId);
    return told;
  });
  if (deliveries > 0) context.outbox.relaySoon(access.organization.id);
}

/** What somebody says about issues for themselves. */
async function changePersonal(
  tx: Transaction,
  ids: readonly string[],
  { hasSeen, isBookmarked, isSubscribed }: IssueChange,
  userId: string,
): Promise<void> {
  if (hasSeen !== null) await setSeen(tx, ids, userId, hasSeen);
  if (isBookmarked !== null) await setBookmark(tx, ids, userId, isBookmarked);
  if (isSubscribed !== null) await setSubscription(tx, ids, userId, isSubscribed);
}

function refuseUnsupported({ merge, discard }: IssueChange): void {
  if (discard) {
    const body = { detail: ['You do not have that feature enabled'] };
    throw new AppError('invalid_input', 'You do not have that feature enabled', { body });
  }
  if (merge) throw badRequest('Merging issues is not supported.');
}

/** Answers how many deliveries the change leaves to be made. */
async function changeStatus(
  tx: Transaction,
  access: OrganizationAccess,
  locked: readonly LockedGroup[],
  change: IssueChange,
  actorId: string | null,
): Promise<number> {
  if (change.status === null) return 0;
  if (change.status !== 'resolved') {
    const details = ignoreDetails(change.details);
    const isConditional = Object.keys(details).length > 0;
    const inferred =
      change.status === 'unresolved'
        ? 'ongoing'
        : isConditional
          ? 'until_condition_met'
          : 'until_escalating';
    const status = { status: change.status, substatus: change.substatus ?? inferred, details };
    const changed = await setOpenStatus(tx, locked, status, actorId);
    if (change.status === 'ignored') {
      const snooze = isConditional ? snoozeOf(change.details) : null;
      const ids = locked.map(({ id }) => id);
      await setSnooze(tx, ids, snooze, actorId);
    }
    if (actorId !== null) await subscribeActor(tx, changed, actorId);
    // Trackers know open and closed; an issue that is ignored is neither news nor done.
    const reopened = locked.filter(
      ({ id, status: was }) => was === 'resolved' && changed.includes(id),
    );
    const ids = change.status === 'unresolved' ? reopened.map(({ id }) => id) : [];
    return appendStatusSync(tx, ids, false);
  }
  const target = await resolutionTarget(tx, access.organization.id, locked, change);
  const resolved = await setResolved(tx, locked, target, actorId);
  if (actorId !== null) await followResolved(tx, access, locked, resolved, actorId);
  const release =
    target.kind === 'in_release' ? { release: { version: target.release.version } } : {};
  return announceIssues(tx, access.organization.id, 'issue.resolved', resolved, release);
}

/** Whoever resolves issues hears of them, and gets those of nobody when they want that. */
async function followResolved(
  tx: Transaction,
  access: OrganizationAccess,
  locked: readonly LockedGroup[],
  resolved: readonly string[],
  actorId: string,
): Promise<void> {
  if (resolved.length === 0) return;
  await subscribeActor(tx, resolved, actorId);
  const unassigned = locked
    .filter(({ id, isAssigned }) => !isAssigned && resolved.includes(id))
    .map(({ id }) => id);
  if (unassigned.length > 0 && (await assignsItself(tx, actorId))) {
    const email = access.principal.kind === 'user' ? access.principal.email : null;
    await assignGroups(tx, unassigned, { type: 'user', id: actorId, email }, actorId);
  }
}

/** Null for blank and null, which take the assignment away. @throws AppError 400 for those who cannot be assigned. */
async function resolveAssignee(
  tx: Transaction,
  access: OrganizationAccess,
  groups: readonly LockedGroup[],
  text: string | null,
): Promise<Assignee | null> {
  if (text === null || text === '') return null;
  const projectIds = [...new Set(groups.map(({ projectId }) => projectId))];
  const found = await findAssignee(tx, access.organization.id, projectIds, text);
  if (found === null) throw fieldError('assignedTo', 'Unknown actor input');
  if (!found.isActive) throw fieldError('assignedTo', 'Cannot assign to a deactivated member');
  if (!found.hasAccess && !access.organization.openMembership) {
    throw fieldError(
      'assignedTo',
      found.assignee.type === 'user'
        ? 'Cannot assign to non-team member'
        : 'Cannot assign to a team without access to the project',
    );
  }
  return found.assignee;
}
