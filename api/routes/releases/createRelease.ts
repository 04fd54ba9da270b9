import { fieldError } from '../../../domain/errors.ts';
import type { AccessibleProject } from '../../../db/access.ts';
import { releaseScopes } from '../../access/releaseScopes.ts';
import { accessesAllProjects, type OrganizationAccess } from '../../access/organizationAccess.ts';
import {
  accessibleProjects,
  coversAll,
  pickProjects,
  requestedProjects,
  resolveProjects,
} from '../../access/resolveProjects.ts';
import type { AppContext } from '../../context.ts';
import type { ApiRequest } from '../../http/apiRequest.ts';
import { route } from '../../http/route.ts';
import { handleWrite } from '../../mailbox/handleWrite.ts';
import {
  INVALID_PROJECTS_MESSAGE,
  organizationReleaseCreateSchema,
} from '../../validation/releaseBodies.ts';
import { validateBody } from '../../validation/validateBody.ts';
import { createCommand, listSteps } from './releaseCommands.ts';

/** Repeating it is normal: every step of a pipeline starts with it (clients 3.4). */
export const createRelease = route({
  name: 'createRelease',
  method: 'POST',
  path: '/api/0/organizations/{organization}/releases/',
  summary: 'Create a release, or add projects, commits and refs to it',
  access: releaseScopes.write,
  body: organizationReleaseCreateSchema,
  query: { project: 'Widens the projects that the body may name; -1 means all.' },
  responses: {
    201: 'The release is new, or a project link is',
    202: 'Stored; it will be applied (see Location)',
    208: 'Nothing new; the release as it is',
    400: 'The body is wrong',
  },
  idempotency: 'operation',
  handle: handleWrite(releaseScopes.write, async (request, context, access) => {
    const body = validateBody(
      organizationReleaseCreateSchema,
      await request.body(['projects', 'commits', 'refs', 'headCommits']),
    );
    const projects = await findNamedProjects(request, context, access, body.projects);
    await checkLinkedProjects(context, access, body.version);
    const command = await createCommand(
      request,
      context,
      access,
      body,
      projects.map((project) => project.id),
      'organization',
    );
    const lists = listSteps(body, { canClear: false });
    return {
      kind: 'release.create',
      release: { organizationId: access.organization.id, version: body.version },
      steps: ['createRelease', ...lists.steps],
      body: { createRelease: command, ...lists.body },
      projectId: projects[0]?.id,
    };
  }),
});

/** Without the key it is the caller's only project; several leave it open which one is meant (decisions 1). */
async function findNamedProjects(
  request: ApiRequest,
  context: AppContext,
  access: OrganizationAccess,
  names: readonly string[] | undefined,
): Promise<AccessibleProject[]> {
  const requested = requestedProjects(request.query);
  const isNarrow = requested.length === 0;
  if (!isNarrow) await resolveProjects(context, access, request.query, 'narrow');
  const width = isNarrow ? 'narrow' : 'wide';
  if (names === undefined) {
    const own = await accessibleProjects(context, access, width, null);
    if (own.length !== 1) throw fieldError('projects', 'This field is required.');
    return own;
  }
  if (names.length === 0) return [];
  const projects = pickProjects(await accessibleProjects(context, access, width, names), names);
  if (projects === null) throw fieldError('projects', INVALID_PROJECTS_MESSAGE);
  return projects;
}

/** Joining a release that reaches into foreign projects is refused, naming all it is linked to (releases-api 1.3). */
async function checkLinkedProjects(
  context: AppContext,
  access: OrganizationAccess,
  version: string,
): Promise<void> {
  if (accessesAllProjects(access, 'wide')) return;
  const [linked, own] = await Promise.all([
    context.lookups.releaseProjects({ organizationId: access.organization.id, version }),
    accessibleProjects(context, access, 'wide', null),
  ]);
  if (linked === null || linked.projects.length === 0) return;
  const ids = new Set(own.map((project) => project.id));
  if (coversAll({ all: false, ids }, linked.projects)) return;
  const slugs = linked.projects.map((project) => project.slug).join(', ');
  throw fieldError('projects', `You do not have permission to one of the projects: ${slugs}`);
}
