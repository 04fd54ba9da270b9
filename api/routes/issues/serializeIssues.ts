import type { GroupView } from '../../../db/groups/groupView.ts';
import { readPersonal } from '../../../db/groups/personal.ts';
import type { OrganizationAccess } from '../../access/organizationAccess.ts';
import type { AppContext } from '../../context.ts';
import { serializeIssue } from '../../serializers/issue.ts';

/** Issues as lists show them to whoever asks. */
export async function serializeIssues(
  { pool, config }: AppContext,
  { organization, principal }: OrganizationAccess,
  groups: readonly GroupView[],
  hasInbox = false,
): Promise<Record<string, unknown>[]> {
  const ids = groups.map(({ id }) => id);
  const personal =
    principal.kind === 'user' && ids.length > 0
      ? await readPersonal(pool, ids, principal.userId)
      : new Map<string, never>();
  const options = {
    publicUrl: config.publicUrl,
    organizationSlug: organization.slug,
    hasInbox,
    personal,
  };
  return groups.map((group) => serializeIssue(group, options));
}
