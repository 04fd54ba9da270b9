import type { OrganizationView, ProjectView } from '../../db/organizationLists.ts';
import type { ProjectSettings } from '../../db/projectSettings.ts';
import { readProjectOptions } from '../../domain/projectOptions.ts';
import { loadAvatars } from './avatars.ts';
import { serializeOrganization } from './organization.ts';
import { serializeProject } from './project.ts';
import { serializer } from './serializer.ts';

type ProjectDetails = Readonly<{
  project: ProjectView;
  settings: ProjectSettings;
  /** Null where it was not asked for. */
  organization: OrganizationView | null;
}>;

/** A project with its settings by name. */
export const projectDetails = serializer({
  getAttributes: async (models: readonly ProjectDetails[], context) => {
    const [avatars, organizationAvatars] = await Promise.all([
      loadAvatars(
        context,
        'project',
        models.map(({ project }) => project),
      ),
      loadAvatars(
        context,
        'organization',
        models.map(({ organization }) => organization),
      ),
    ]);
    const ofOrganization = { avatars: organizationAvatars, publicUrl: context.config.publicUrl };
    return { avatars, ofOrganization };
  },
  toJson: ({ project, settings, organization }, { avatars, ofOrganization }) => ({
    ...serializeProject(project, avatars),
    ...readProjectOptions(settings.options),
    options: settings.options,
    plugins: [],
    processingIssues: 0,
    latestRelease: null,
    ...(organization === null
      ? {}
      : { organization: serializeOrganization(organization, ofOrganization) }),
  }),
});
