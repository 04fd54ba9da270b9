import { listProjects } from '../../../db/organizationLists.ts';
import { AppError } from '../../../domain/errors.ts';
import { requireOrganization } from '../../access/organizationAccess.ts';
import { projectScopes } from '../../access/organizationScopes.ts';
import { requireTeam } from '../../access/requireTeam.ts';
import { route } from '../../http/route.ts';
import { offsetList } from '../../pagination/offsetList.ts';
import { serialize } from '../../serializers/serialize.ts';

const periods = ['', '24h', '14d', '30d'];

export const listTeamProjects = route({
  name: 'listTeamProjects',
  method: 'GET',
  path: '/api/0/teams/{organization}/{team}/projects/',
  summary: 'Active projects of a team, by slug',
  access: projectScopes.read,
  query: {
    statsPeriod: '24h, 14d or 30d; checked and not used.',
    per_page: '1 to 100.',
    cursor: 'From the Link header.',
  },
  responses: { 200: 'A page of projects', 404: 'No such team' },
  handle: async (request, context) => {
    const access = await requireOrganization(request, context, projectScopes.read);
    const team = await requireTeam(request, context, access);
    if (!periods.includes(request.query.get('statsPeriod') ?? '')) {
      const message = "Invalid stats_period. Valid choices are '', '24h', '14d', and '30d'";
      // The envelope of errors that this list has always had.
      throw new AppError('invalid_input', message, {
        body: { error: { params: { stats_period: { message } } } },
      });
    }
    const filter = {
      organizationId: access.organization.id,
      memberId: access.memberId,
      ids: null,
      teamIds: [team.id],
    };
    return offsetList(request, context, {
      rows: (window) => listProjects(context.pool, filter, window),
      json: (projects) => serialize('project', projects, context),
    });
  },
});
