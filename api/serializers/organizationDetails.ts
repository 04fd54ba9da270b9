import type { OrganizationView, ProjectView } from '../../db/organizationLists.ts';
import type { OrganizationSettings } from '../../db/organizationSettings.ts';
import type { TeamView } from '../../db/teamLists.ts';
import { organizationOptions } from '../../domain/organizationOptions.ts';
import { roles } from '../../domain/scopes.ts';
import { settingValue } from '../../domain/settingChanges.ts';
import { TRUSTED_RELAYS_OPTION } from '../../domain/trustedRelays.ts';
import { loadAvatars } from './avatars.ts';
import { serializeOrganization } from './organization.ts';
import { serializeProject } from './project.ts';
import { roleName } from './roleName.ts';
import { serializer } from './serializer.ts';
import { serializeTeam, type TeamOptions } from './team.ts';

type OrganizationDetails = Readonly<{
  organization: OrganizationView;
  settings: OrganizationSettings;
  /** Null where they were not asked for. */
  lists: Readonly<{ projects: readonly ProjectView[]; teams: readonly TeamView[] }> | null;
}>;

/** Everything about an organization that its members may know: the summary and every setting by name. */
export const organizationDetails = serializer({
  getAttributes: async (models: readonly OrganizationDetails[], context, _options: TeamOptions) => {
    const [avatars, projectAvatars, teamAvatars] = await Promise.all([
      loadAvatars(
        context,
        'organization',
        models.map(({ organization }) => organization),
      ),
      loadAvatars(
        context,
        'project',
        models.flatMap(({ lists }) => lists?.projects ?? []),
      ),
      loadAvatars(
        context,
        'team',
        models.flatMap(({ lists }) => lists?.teams ?? []),
      ),
    ]);
    return { avatars, projectAvatars, teamAvatars, publicUrl: context.config.publicUrl };
  },
  toJson: ({ organization, settings, lists }, attributes, options) => {
    const { access } = options;
    const { projectAvatars, teamAvatars } = attributes;
    const values = Object.entries(organizationOptions).map(
      ([name, definition]) => [name, settingValue(definition, settings)] as const,
    );
    const roleList = roles.map((id) => ({ id, name: roleName(id), desc: '' }));
    return {
      ...serializeOrganization(organization, attributes),
      status: { id: settings.status, name: settings.status.replaceAll('_', ' ') },
      ...Object.fromEntries(values),
      role: access.role,
      orgRole: access.role,
      access: access.scopes,
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
      ...(lists === null
        ? {}
        : {
            projects: lists.projects.map((project) => serializeProject(project, projectAvatars)),
            teams: lists.teams.map((team) => serializeTeam(team, teamAvatars, options)),
          }),
    };
  },
});
