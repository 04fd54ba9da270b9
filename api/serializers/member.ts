import type { MemberView } from '../../db/members.ts';
import { formatDateTime } from '../../domain/dateTime.ts';
import { loadAvatars, type Avatars } from './avatars.ts';
import { roleName } from './roleName.ts';
import { serializer, type Json, type SerializerContext } from './serializer.ts';
import { serializeUser } from './user.ts';

export const member = serializer({ getAttributes: memberAvatars, toJson: serializeMember });

export function memberAvatars(
  members: readonly MemberView[],
  context: SerializerContext,
): Promise<Avatars> {
  return loadAvatars(
    context,
    'user',
    members.map(({ user }) => user),
  );
}

export function serializeMember(shown: MemberView, avatars: Avatars): Json {
  const { user } = shown;
  return {
    id: shown.id,
    email: user.email ?? '',
    name: user.name === '' ? (user.email ?? user.username) : user.name,
    user: serializeUser(user, avatars),
    role: shown.role,
    roleName: roleName(shown.role),
    orgRole: shown.role,
    pending: false,
    expired: false,
    inviteStatus: 'approved',
    inviterName: null,
    dateCreated: formatDateTime(shown.dateAdded),
    teams: shown.teams,
    teamRoles: shown.teams.map((teamSlug) => ({ teamSlug, role: null })),
  };
}
