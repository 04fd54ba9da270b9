import type { OrganizationView } from '../../db/organizationLists.ts';
import type { OrganizationSettings } from '../../db/organizationSettings.ts';
import { formatDateTime } from '../../domain/dateTime.ts';
import { organizationOptions } from '../../domain/organizationOptions.ts';
import { roles, type Role, type Scope } from '../../domain/scopes.ts';
import { settingValue } from '../../domain/settingChanges.ts';
import { TRUSTED_RELAYS_OPTION } from '../../domain/trustedRelays.ts';
import { letterAvatar } from './avatar.ts';

/**
 * An organization with the keys that sentry-cli insists on (clients 4). `links.regionUrl` is followed by clients, and
 * the MCP server refuses plain http there: it is given only where it is https.
 */
export function serializeOrganization(
  organization: OrganizationView,
  publicUrl: string,
): Record<string, unknown> {
  return {
    id: organization.id,
    slug: organization.slug,
    name: organization.name,
    status: { id: organization.status, name: organization.status },
    dateCreated: formatDateTime(organization.dateAdded),
    isEarlyAdopter: false,
    require2FA: false,
    requireEmailVerification: false,
    avatar: letterAvatar,
    features: ['releases'],
    links: {
      organizationUrl: publicUrl,
      ...(publicUrl.startsWith('https:') ? { regionUrl: publicUrl } : {}),
    },
  };
}

/** Everything about an organization that its members may know: the summary and every setting by name. */
export function serializeOrganizationDetails(
  organization: OrganizationView,
  publicUrl: string,
  settings: OrganizationSettings,
  caller: Readonly<{ role: Role | null; scopes: readonly Scope[] }>,
): Record<string, unknown> {
  const values = Object.entries(organizationOptions).map(
    ([name, definition]) => [name, settingValue(definition, settings)] as const,
  );
  const roleList = roles.map((id) => ({ id, name: roleName(id), desc: '' }));
  return {
    ...serializeOrganization(organization, publicUrl),
    ...Object.fromEntries(values),
    role: caller.role,
    orgRole: caller.role,
    access: caller.scopes,
    isDefault: false,
    isDynamicallySampled: false,
    pendingAccessRequests: 0,
    onboardingTasks: [],
    trustedRelays: settings.options[TRUSTED_RELAYS_OPTION] ?? [],
    orgRoleList: roleList,
    availableRoles: roleList.map(({ id, name }) => ({ id, name })),
    quota: {
      maxRate: null,
      maxRateInterval: 60,
      accountLimit: 0,
      projectLimit: 100,
    },
  };
}

export function roleName(role: Role): string {
  return role.charAt(0).toUpperCase() + role.slice(1);
}
