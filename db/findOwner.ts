import { z } from 'zod';
import { maybeOne, type Queryable } from './pool.ts';

const ownerRow = z
  .object({ id: z.string(), is_member: z.boolean() })
  .transform((row) => ({ id: row.id, isMember: row.is_member }));

/**
 * The user whom a release names as owner: by id when it is a number, else by username, else by primary e-mail
 * (releases-api 2.2).
 */
export function findOwner(
  db: Queryable,
  organizationId: string,
  owner: string,
): Promise<z.output<typeof ownerRow> | null> {
  const isId = /^\d{1,18}$/.test(owner);
  return maybeOne(db, ownerRow, {
    name: 'findOwner',
    text: `select app_user.id,
                  exists (select from member where organization_id = $1 and user_id = app_user.id) as is_member
             from app_user
             left join user_email on user_email.user_id = app_user.id and user_email.is_primary
            where app_user.id = $2
               or lower(username) = lower($3)
               or ($4 and lower(user_email.email) = lower($3))
            order by (app_user.id = $2) desc nulls last, (lower(username) = lower($3)) desc, app_user.id
            limit 1`,
    values: [organizationId, isId ? owner : null, owner, owner.includes('@')],
  });
}
