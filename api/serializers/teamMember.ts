import type { MemberView } from '../../db/members.ts';
import type { Avatars } from './avatars.ts';
import { memberAvatars, serializeMember } from './member.ts';
import { serializer } from './serializer.ts';

type TeamMemberOptions = Readonly<{ teamSlug: string }>;

/** A member as the list of a team shows them. */
export const teamMember = serializer<MemberView, Avatars, TeamMemberOptions>({
  getAttributes: memberAvatars,
  toJson: (member, avatars, { teamSlug }) => ({
    ...serializeMember(member, avatars),
    teamSlug,
    teamRole: null,
  }),
});
