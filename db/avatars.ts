import { z } from 'zod';
import { exec, maybeOne, one, type Queryable, type Transaction } from './pool.ts';

export type AvatarOwner = Readonly<{ kind: AvatarOwnerKind; id: string }>;

export type AvatarOwnerKind = 'organization' | 'user' | 'team' | 'project';

export type AvatarType = 'letter_avatar' | 'upload' | 'gravatar';

export const avatarFields = {
  type: z.enum(['letter_avatar', 'upload', 'gravatar']),
  ident: z.string(),
  hasImage: z.boolean(),
  /** Of the primary e-mail, for those who are shown as Gravatar shows them; null for all others. */
  gravatarHash: z.string().nullable(),
};

const avatarRow = z.object(avatarFields).readonly();

export type AvatarView = z.output<typeof avatarRow>;

/** SQL of the fields. Gravatar finds people by the SHA-256 of their e-mail in lower case. */
export const avatarColumns = `type, ident,
  exists (select from avatar_image where avatar_id = avatar.id) as "hasImage",
  (select encode(sha256(convert_to(lower(trim(email)), 'UTF8')), 'hex')
     from user_email
    where avatar.type = 'gravatar' and user_email.user_id = avatar.user_id and is_primary) as "gravatarHash"`;

const columns = {
  organization: 'organization_id',
  user: 'user_id',
  team: 'team_id',
  project: 'project_id',
} as const satisfies Record<AvatarOwnerKind, string>;

/** Null for an owner who never had one. */
export function findAvatar(db: Queryable, owner: AvatarOwner): Promise<AvatarView | null> {
  return maybeOne(db, avatarRow, {
    name: `findAvatar_${owner.kind}`,
    text: `select ${avatarColumns} from avatar where ${columns[owner.kind]} = $1`,
    values: [owner.id],
  });
}

/**
 * Sets what stands for an owner. A new picture replaces the one before and gets the given ident; without one the
 * picture stays, for whoever switches back to it.
 */
export async function storeAvatar(
  tx: Transaction,
  owner: AvatarOwner,
  type: AvatarType,
  ident: string,
  images: ReadonlyMap<number, Buffer> | null,
): Promise<void> {
  const column = columns[owner.kind];
  const { id } = await one(tx, z.object({ id: z.string() }), {
    name: `storeAvatar_${owner.kind}`,
    text: `insert into avatar (${column}, type, ident) values ($1, $2, $3)
           on conflict on constraint avatar_${column}_key
           do update set type = excluded.type, ident = case when $4::boolean then excluded.ident else avatar.ident end
           returning id`,
    values: [owner.id, type, ident, images !== null],
  });
  if (images === null) return;
  await exec(tx, {
    name: 'storeAvatarImages',
    text: `insert into avatar_image (avatar_id, size, content)
           select $1, size, content from unnest($2::integer[], $3::bytea[]) as given (size, content)
           on conflict on constraint avatar_image_pkey do update set content = excluded.content`,
    values: [id, [...images.keys()], [...images.values()]],
  });
}

/** The picture of a kind of owner by its ident. */
export async function findAvatarImage(
  db: Queryable,
  kind: AvatarOwnerKind,
  ident: string,
  size: number,
): Promise<Buffer | null> {
  const row = await maybeOne(db, z.object({ content: z.instanceof(Buffer) }), {
    name: `findAvatarImage_${kind}`,
    text: `select content
             from avatar
             join avatar_image on avatar_id = avatar.id and size = $2
            where ident = $1 and ${columns[kind]} is not null`,
    values: [ident, size],
  });
  return row?.content ?? null;
}
