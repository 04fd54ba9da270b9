import { formatDateTime } from '../../domain/dateTime.ts';
import type { ProjectView } from '../../db/organizationLists.ts';

export function serializeProject(project: ProjectView): Record<string, unknown> {
  return {
    id: project.id,
    slug: project.slug,
    name: project.name,
    platform: project.platform,
    platforms: [],
    status: project.status,
    dateCreated: formatDateTime(project.dateAdded),
    firstEvent: project.firstEvent === null ? null : formatDateTime(project.firstEvent),
    isMember: project.isMember,
    hasAccess: true,
    isBookmarked: false,
    features: ['releases'],
    team: project.teams[0] ?? null,
    teams: project.teams,
    avatar: { avatarType: 'letter_avatar', avatarUuid: null },
  };
}
