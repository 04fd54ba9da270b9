import type { TeamView } from '../../db/teamLists.ts';
import { formatDateTime } from '../../domain/dateTime.ts';
import type { OrganizationAccess } from '../access/organizationAccess.ts';
import { loadAvatars, type Avatars } from './avatars.ts';
import { serializer, type Json } from './serializer.ts';

/** Whoever asks sees what they may do with a team. */
export type TeamOptions = Readonly<{ access: OrganizationAccess }>;

export const team = serializer({
  getAttributes: (teams: readonly TeamView[], context, _options: TeamOptions) =>
    loadAvatars(context, 'team', teams),
  toJson: serializeTeam,
});

/** A team as the caller sees it. */
export function serializeTeam(shown: TeamView, avatars: Avatars, { access }: TeamOptions): Json {
  return {
    id: shown.id,
    slug: shown.slug,
    name: shown.name,
    dateCreated: formatDateTime(shown.dateAdded),
    isMember: shown.isMember,
    teamRole: null,
    flags: { 'idp:provisioned': false },
    access: access.scopes,
    hasAccess:
      shown.isMember ||
      access.organization.openMembership ||
      access.role === 'owner' ||
      access.role === 'manager',
    isPending: false,
    memberCount: shown.memberCount,
    avatar: avatars.of(shown.id),
  };
}
