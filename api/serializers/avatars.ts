import type { AvatarOwner } from '../../db/avatars.ts';
import { listAvatars } from '../../db/avatarLists.ts';
import { letterAvatar, serializeAvatar } from './avatar.ts';
import type { Json, SerializerContext } from './serializer.ts';

/** What stands for each owner of a batch. */
export type Avatars = Readonly<{ of: (ownerId: string) => Json }>;

const lettersOnly: Avatars = { of: () => letterAvatar };

/** The avatars of all owners of a batch in one statement, or in none where nobody is shown. */
export async function loadAvatars(
  { pool, config }: SerializerContext,
  kind: AvatarOwner['kind'],
  owners: readonly (Readonly<{ id: string }> | null | undefined)[],
): Promise<Avatars> {
  const ids = new Set(
    owners.flatMap((owner) => (owner === null || owner === undefined ? [] : [owner.id])),
  );
  if (ids.size === 0) return lettersOnly;
  const known = await listAvatars(pool, kind, [...ids]);
  return { of: (id) => serializeAvatar(kind, known.get(id) ?? null, config.publicUrl) };
}
