import { listProjectActivity } from '../../../db/groups/readActivity.ts';
import type { Scope } from '../../../domain/scopes.ts';
import { issueScopes } from '../../access/issueScopes.ts';
import { requireOrganization } from '../../access/organizationAccess.ts';
import { organizationScopes, projectScopes } from '../../access/organizationScopes.ts';
import { requireProject } from '../../access/requireProject.ts';
import type { AppContext } from '../../context.ts';
import type { ApiRequest } from '../../http/apiRequest.ts';
import type { ApiResponse } from '../../http/apiResponse.ts';
import { route } from '../../http/route.ts';
import { offsetList } from '../../pagination/offsetList.ts';
import { serialize } from '../../serializers/serialize.ts';
import { issueProjects } from './listIssues.ts';

const ofOrganization: readonly Scope[] = [...organizationScopes.read, ...issueScopes.read];
const ofProject: readonly Scope[] = [...projectScopes.read, ...issueScopes.read];
const pages = { per_page: '1 to 100.', cursor: 'From the Link header.' } as const;

export const listOrganizationActivity = route({
  name: 'listOrganizationActivity',
  method: 'GET',
  path: '/api/0/organizations/{organization}/activity/',
  summary: 'What happened in the projects of an organization, newest first',
  access: ofOrganization,
  query: { project: 'Id or slug; repeatable; -1 means all accessible projects.', ...pages },
  responses: { 200: 'A page of activities', 403: 'A project is not yours' },
  handle: async (request, context) => {
    const access = await requireOrganization(request, context, ofOrganization);
    const projects = await issueProjects(request, context, access);
    return activityPage(
      request,
      context,
      projects.map(({ id }) => id),
    );
  },
});

export const listProjectActivities = route({
  name: 'listProjectActivities',
  method: 'GET',
  path: '/api/0/projects/{organization}/{project}/activity/',
  summary: 'What happened in a project, newest first',
  access: ofProject,
  query: pages,
  responses: { 200: 'A page of activities', 404: 'No such project' },
  handle: async (request, context) => {
    const access = await requireOrganization(request, context, ofProject);
    return activityPage(request, context, [(await requireProject(request, context, access)).id]);
  },
});

function activityPage(
  request: ApiRequest,
  context: AppContext,
  projectIds: readonly string[],
): Promise<ApiResponse> {
  return offsetList(request, context, {
    rows: (window) => listProjectActivity(context.pool, projectIds, window),
    json: (activities) => serialize('listedActivity', activities, context),
  });
}
