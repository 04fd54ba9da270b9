import type { OrganizationView } from '../../db/organizationLists.ts';
import { formatDateTime } from '../../domain/dateTime.ts';
import { loadAvatars, type Avatars } from './avatars.ts';
import { serializer, type Json } from './serializer.ts';

export type OrganizationAttributes = Readonly<{ avatars: Avatars; publicUrl: string }>;

/** An organization as lists and other objects show it. */
export const organization = serializer({
  getAttributes: async (organizations: readonly OrganizationView[], context) => ({
    avatars: await loadAvatars(context, 'organization', organizations),
    publicUrl: context.config.publicUrl,
  }),
  toJson: serializeOrganization,
});

/**
 * With the keys that sentry-cli insists on (clients 4). `links.regionUrl` is followed by clients, and the MCP server
 * refuses plain http there: it is given only where it is https.
 */
export function serializeOrganization(
  shown: OrganizationView,
  { avatars, publicUrl }: OrganizationAttributes,
): Json {
  return {
    id: shown.id,
    slug: shown.slug,
    name: shown.name,
    status: { id: shown.status, name: shown.status },
    dateCreated: formatDateTime(shown.dateAdded),
    isEarlyAdopter: false,
    require2FA: false,
    requireEmailVerification: false,
    avatar: avatars.of(shown.id),
    features: ['releases'],
    links: {
      organizationUrl: publicUrl,
      ...(publicUrl.startsWith('https:') ? { regionUrl: publicUrl } : {}),
    },
  };
}
