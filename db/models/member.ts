import { z } from 'zod';
import { defineModel, type ModelReader } from '../cache/model.ts';
import { many } from '../pool.ts';

const memberRow = z.object({
  id: z.string(),
  organizationId: z.string(),
  userId: z.string(),
  role: z.enum(['member', 'admin', 'manager', 'owner']),
});

export type Membership = z.output<typeof memberRow>;

export const memberModel = defineModel<Membership, 'account'>({
  name: 'member',
  row: memberRow,
  keys: { account: ({ organizationId, userId }) => `${organizationId}:${userId}` },
  ttlMs: 300_000,
  load: (db, _key, accounts) =>
    many(db, memberRow, {
      name: 'loadMembers',
      text: `select id, organization_id as "organizationId", user_id as "userId", role
               from member
               join unnest($1::bigint[], $2::bigint[]) as account (organization_id, user_id)
              using (organization_id, user_id)`,
      values: [
        accounts.map((account) => account.split(':')[0]),
        accounts.map((account) => account.split(':')[1]),
      ],
    }),
});

export function findMembership(
  models: ModelReader,
  organizationId: string,
  userId: string,
): Promise<Membership | null> {
  return models.getFromCache(memberModel, { account: `${organizationId}:${userId}` });
}
