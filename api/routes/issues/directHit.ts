import { parseUuid } from '../../../domain/ingest/uuid.ts';
import { parseShortId } from '../../../domain/shortId.ts';
import type { AccessibleProject } from '../../../db/access.ts';
import { findEvent } from '../../../db/events/readEvents.ts';
import type { GroupView } from '../../../db/groups/groupView.ts';
import { findGroupById, findGroupByShortId } from '../../../db/groups/readGroups.ts';
import { isTruthy } from '../../http/isTruthy.ts';
import type { OrganizationAccess } from '../../access/organizationAccess.ts';
import type { AppContext } from '../../context.ts';

export type DirectHit = Readonly<{ group: GroupView; matchingEventId?: string }>;

/** A search that is the id of an event, or with `shortIdLookup` a short id, finds that one issue; else null. */
export async function directHit(
  context: AppContext,
  access: OrganizationAccess,
  query: URLSearchParams,
  projects: readonly AccessibleProject[],
): Promise<DirectHit | null> {
  const text = (query.get('query') ?? '').trim();
  const eventId = parseUuid(text);
  if (eventId !== null) {
    const projectIds = projects.map(({ id }) => id);
    const event = await findEvent(context.pool, projectIds, eventId);
    const group = event === null ? null : await findGroupById(context.pool, event.groupId);
    return group === null ? null : { group, matchingEventId: eventId };
  }
  const shortId = isTruthy(query.get('shortIdLookup')) ? parseShortId(text) : null;
  if (shortId === null) return null;
  const group = await findGroupByShortId(context.pool, access.organization.id, shortId);
  return projects.some(({ id }) => id === group?.project.id) && group !== null ? { group } : null;
}
