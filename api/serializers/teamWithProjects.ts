import { listProjects } from '../../db/organizationLists.ts';
import type { TeamView } from '../../db/teamLists.ts';
import { loadAvatars } from './avatars.ts';
import { serializeProject } from './project.ts';
import { serializer } from './serializer.ts';
import { serializeTeam, type TeamOptions } from './team.ts';

/** As many as an organization embeds anywhere. */
const EMBEDDED_PROJECTS_MAX = 100;

/** A team with its projects: of all teams of the batch, the first hundred. */
export const teamWithProjects = serializer({
  getAttributes: async (teams: readonly TeamView[], context, { access }: TeamOptions) => {
    const ofTeams = {
      organizationId: access.organization.id,
      memberId: access.memberId,
      ids: null,
      teamIds: teams.map(({ id }) => id),
    };
    const [avatars, projects] = await Promise.all([
      loadAvatars(context, 'team', teams),
      listProjects(context.pool, ofTeams, { offset: 0, limit: EMBEDDED_PROJECTS_MAX }),
    ]);
    return { avatars, projects, projectAvatars: await loadAvatars(context, 'project', projects) };
  },
  toJson: (team, { avatars, projects, projectAvatars }, options) => ({
    ...serializeTeam(team, avatars, options),
    projects: projects
      .filter(({ teams }) => teams.some(({ id }) => id === team.id))
      .map((project) => serializeProject(project, projectAvatars)),
  }),
});
