import { z } from 'zod';
import { avatarColumns, avatarFields, type AvatarOwner, type AvatarView } from './avatars.ts';
import { many, type Queryable } from './pool.ts';

const ownedAvatarRow = z
  .object({ owner_id: z.string(), ...avatarFields })
  .transform(({ owner_id, ...avatar }) => ({ ownerId: owner_id, avatar }));

/** Avatars by the ids of their owners; those who never had one are left out. */
export async function listAvatars(
  db: Queryable,
  kind: AvatarOwner['kind'],
  ownerIds: readonly string[],
): Promise<ReadonlyMap<string, AvatarView>> {
  // Every kind of owner has a column of its own.
  const column = `${kind}_id`;
  const rows = await many(db, ownedAvatarRow, {
    name: `listAvatars_${kind}`,
    text: `select ${column} as owner_id, ${avatarColumns}
             from avatar where ${column} = any($1::bigint[])`,
    values: [ownerIds],
  });
  return new Map(rows.map(({ ownerId, avatar }) => [ownerId, avatar]));
}
