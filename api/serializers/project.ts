import { createHash } from 'node:crypto';
import type { ProjectView } from '../../db/organizationLists.ts';
import { formatDateTime } from '../../domain/dateTime.ts';
import { loadAvatars, type Avatars } from './avatars.ts';
import { formatOrNull } from './formatOrNull.ts';
import { serializer, type Json } from './serializer.ts';

export const project = serializer({
  getAttributes: (projects: readonly ProjectView[], context) =>
    loadAvatars(context, 'project', projects),
  toJson: serializeProject,
});

/** A project as lists and other objects show it. */
export function serializeProject(shown: ProjectView, avatars: Avatars): Json {
  return {
    id: shown.id,
    slug: shown.slug,
    name: shown.name,
    platform: shown.platform,
    platforms: shown.platforms,
    status: shown.status,
    color: colorOf(shown.slug),
    dateCreated: formatDateTime(shown.dateAdded),
    firstEvent: formatOrNull(shown.firstEvent),
    isPublic: false,
    isInternal: false,
    isMember: shown.isMember,
    hasAccess: true,
    isBookmarked: shown.isBookmarked,
    features: ['releases'],
    team: shown.teams[0] ?? null,
    teams: shown.teams,
    avatar: avatars.of(shown.id),
  };
}

/** Always the same for the same slug, dark enough for white letters. */
function colorOf(slug: string): string {
  const [hue = 0, saturation = 0, lightness = 0] = createHash('sha256')
    .update(slug.toUpperCase())
    .digest();
  const channel = (value: number): string => (64 + Math.floor(value / 2)).toString(16);
  return `#${channel(hue)}${channel(saturation)}${channel(lightness)}`;
}
