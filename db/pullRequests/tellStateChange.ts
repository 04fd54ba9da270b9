import { z } from 'zod';
import { insertGroupActivity } from '../groups/insertGroupActivity.ts';
import { many, type Transaction } from '../pool.ts';

type ChangedPullRequest = Readonly<{
  id: string;
  /** Null is open: hosts that do not tell a state tell of what is there. */
  state: string | null;
  stateBefore: string | null;
}>;

const linkedRow = z.object({ group_id: z.string(), has_other_open: z.boolean() });

/**
 * A pull request that was closed, merged or reopened: each issue that it resolves hears of it, and whether another one
 * is still at work (groups-projects-orgs 1.5).
 */
export async function tellStateChange(
  tx: Transaction,
  { id, state, stateBefore }: ChangedPullRequest,
): Promise<void> {
  if (isOpen(state) === isOpen(stateBefore)) return;
  const linked = await many(tx, linkedRow, {
    name: 'findPullRequestLinks',
    text: `select link.group_id, exists (
                    select from group_link sibling
                      join pull_request other on other.id = sibling.linked_id
                     where sibling.group_id = link.group_id and sibling.linked_type = 'pull_request'
                       and sibling.relationship = 'resolves' and other.id <> $1
                       and coalesce(other.state, 'open') in ('open', 'locked')) as has_other_open
             from group_link link
            where link.linked_type = 'pull_request' and link.relationship = 'resolves' and link.linked_id = $1
            order by link.group_id`,
    values: [id],
  });
  await insertGroupActivity(
    tx,
    linked.map(({ group_id: groupId, has_other_open: hasOtherOpen }) => ({
      groupId,
      type: isOpen(state)
        ? 'pull_request_reopened'
        : state === 'merged'
          ? 'pull_request_merged'
          : 'pull_request_closed',
      ident: id,
      data: { pull_request: id, has_other_open_prs: hasOtherOpen },
    })),
  );
}

function isOpen(state: string | null): boolean {
  return state === null || state === 'open' || state === 'locked';
}
