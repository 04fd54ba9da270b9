import { roles } from '../../domain/scopes.ts';
import { memberAvatars, serializeMember } from './member.ts';
import { roleName } from './roleName.ts';
import { serializer } from './serializer.ts';

/** A member with the roles that there are. */
export const memberDetails = serializer({
  getAttributes: memberAvatars,
  toJson: (member, avatars) => ({
    ...serializeMember(member, avatars),
    orgRoleList: roles.map((id) => ({ id, name: roleName(id) })),
  }),
});
