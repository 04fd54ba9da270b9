import { createHash } from 'node:crypto';
import { AppError, fieldError } from '../../../domain/errors.ts';
import type { RecordDeployCommand } from '../../../domain/releaseCommands.ts';
import { listAccessibleProjects, type AccessibleProject } from '../../../db/access.ts';
import type { ReleaseProjects } from '../../../db/releases/findReleaseProjects.ts';
import { releaseScopes } from '../../access/releaseScopes.ts';
import type { OrganizationAccess } from '../../access/organizationAccess.ts';
import { requireWritableRelease } from '../../access/requireRelease.ts';
import { accessibleProjects, pickProjects } from '../../access/resolveProjects.ts';
import type { AppContext } from '../../context.ts';
import type { ApiRequest } from '../../http/apiRequest.ts';
import { route } from '../../http/route.ts';
import { readIdempotencyKey } from '../../idempotency/idempotencyKey.ts';
import { handleWrite } from '../../mailbox/handleWrite.ts';
import { deployCreateSchema, type DeployCreateBody } from '../../validation/deployBody.ts';
import { validateBody } from '../../validation/validateBody.ts';

export const createDeploy = route({
  name: 'createDeploy',
  method: 'POST',
  path: '/api/0/organizations/{organization}/releases/{version}/deploys/',
  summary: 'Record that a release was deployed to an environment',
  access: releaseScopes.write,
  body: deployCreateSchema,
  responses: {
    201: 'The deploy; a repeat of the last two minutes by the same client gets the stored one',
    202: 'Stored; it will be applied (see Location)',
    400: 'The body is wrong',
    404: 'No such release',
  },
  idempotency: 'operation',
  handle: handleWrite(releaseScopes.write, async (request, context, access) => {
    const release = await requireWritableRelease(request, context, access);
    const body = validateBody(deployCreateSchema, await request.body(['projects']));
    const projectIds =
      body.projects === undefined
        ? null
        : await findDeployedProjects(context, access, release, body.projects);
    return {
      kind: 'deploy.create',
      release: { organizationId: access.organization.id, version: release.version },
      steps: ['recordDeploys'],
      body: { recordDeploys: deployCommand(request, body, projectIds) },
    };
  }),
});

function deployCommand(
  request: ApiRequest,
  body: DeployCreateBody,
  projectIds: readonly string[] | null,
): RecordDeployCommand {
  const deploy = {
    environment: body.environment,
    name: body.name ?? null,
    url: body.url === undefined || body.url === '' ? null : body.url,
    dateStarted: body.dateStarted ?? null,
    dateFinished: body.dateFinished ?? null,
    projectIds,
  };
  const sent = JSON.stringify([deploy, request.header('user-agent')]);
  return {
    ...deploy,
    // The end is when it was told, not when it is applied, which an outage puts off.
    dateFinished: deploy.dateFinished ?? new Date().toISOString(),
    fingerprint: createHash('sha256').update(sent).digest('hex'),
    hasIdempotencyKey: readIdempotencyKey(request) !== null,
  };
}

/** Sorted ids of the projects that a deploy names (releases-api 9.1). */
async function findDeployedProjects(
  context: AppContext,
  access: OrganizationAccess,
  release: ReleaseProjects & Readonly<{ version: string }>,
  names: readonly string[],
): Promise<string[]> {
  const [known, own] = await Promise.all([
    listAccessibleProjects(context.pool, {
      organizationId: access.organization.id,
      memberId: null,
      names,
    }),
    accessibleProjects(context, access, 'wide', names),
  ]);
  const chosen = pickProjects(known, names);
  if (chosen === null) throw fieldError('projects', 'Invalid project');
  if (pickProjects(own, names) === null) {
    throw fieldError('projects', 'Insufficient access to project');
  }
  const linked = new Set(release.projects.map((project) => project.id));
  const foreign = chosen.filter((project) => !linked.has(project.id));
  if (foreign.length > 0) throw notInRelease(release.version, foreign);
  return chosen.map((project) => project.id).sort();
}

function notInRelease(version: string, projects: readonly AccessibleProject[]): AppError {
  const slugs = projects.map((project) => project.slug).join(', ');
  const message = `Invalid projects (${slugs}) for release ${version}`;
  return new AppError('invalid_input', message, {
    body: { detail: { code: 'parameter-validation-error', message, extra: { context: '' } } },
  });
}
