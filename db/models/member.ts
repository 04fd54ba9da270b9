import { z } from 'zod';
import { roles } from '../../domain/scopes.ts';
import { maybeOne, type Queryable } from '../pool.ts';

export const membershipRow = z.object({
  id: z.string(),
  organizationId: z.string(),
  role: z.enum(roles),
});

export type Membership = Readonly<z.output<typeof membershipRow>>;

export function findMemberByUser(
  db: Queryable,
  organizationId: string,
  userId: string,
): Promise<Membership | null> {
  return maybeOne(db, membershipRow, {
    name: 'findMemberByUser',
    text: `select id, organization_id as "organizationId", role
             from member where organization_id = $1 and user_id = $2`,
    values: [organizationId, userId],
  });
}
