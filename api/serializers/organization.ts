import { formatDateTime } from '../../domain/dateTime.ts';
import type { OrganizationView } from '../../db/organizationLists.ts';

/**
 * An organization with the keys that sentry-cli insists on (clients 4). `links.regionUrl` stays out: clients would
 * follow it, and the MCP server refuses plain http there.
 */
export function serializeOrganization(organization: OrganizationView): Record<string, unknown> {
  return {
    id: organization.id,
    slug: organization.slug,
    name: organization.name,
    status: { id: organization.status, name: organization.status },
    dateCreated: formatDateTime(organization.dateAdded),
    isEarlyAdopter: false,
    require2FA: false,
    requireEmailVerification: false,
    avatar: { avatarType: 'letter_avatar', avatarUuid: null },
    features: ['releases'],
  };
}
