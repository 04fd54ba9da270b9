import { recordAudit } from '../../../db/auditLog.ts';
import { violatedConstraint } from '../../../db/pgErrors.ts';
import { transaction, type Transaction } from '../../../db/pool.ts';
import {
  copyProjectSettings,
  findSlugOwner,
  lockProjectSettings,
  redirectSlug,
  setBookmark,
  updateProjectColumns,
  type ProjectSettings,
} from '../../../db/projectSettings.ts';
import { setOptions } from '../../../db/setOptions.ts';
import { fieldError, notFound } from '../../../domain/errors.ts';
import {
  groupingFields,
  projectOptions,
  readProjectOptions,
} from '../../../domain/projectOptions.ts';
import { auditActor } from '../../access/auditActor.ts';
import { requireOrganization, type OrganizationAccess } from '../../access/organizationAccess.ts';
import { projectScopes } from '../../access/organizationScopes.ts';
import { requireProject } from '../../access/requireProject.ts';
import { insufficientScope } from '../../access/requireScope.ts';
import { ok } from '../../http/apiResponse.ts';
import type { ApiRequest } from '../../http/apiRequest.ts';
import { route } from '../../http/route.ts';
import { projectUpdateSchema, type ProjectUpdateBody } from '../../validation/projectBodies.ts';
import { validateBody } from '../../validation/validateBody.ts';
import { projectAuditData } from './projectAuditData.ts';
import { projectDetails } from './projectDetails.ts';
import { requireCopiedProject } from './requireCopiedProject.ts';
import { requirePlatform } from './requirePlatform.ts';

/** What members may set for themselves. */
const memberFields: readonly string[] = ['isBookmarked'];

export const updateProject = route({
  name: 'updateProject',
  method: 'PUT',
  path: '/api/0/projects/{organization}/{project}/',
  summary: 'Change settings of a project; members may only bookmark it',
  access: projectScopes.read,
  body: projectUpdateSchema,
  responses: {
    200: 'The project',
    302: 'The project was renamed',
    400: 'The body is wrong',
    403: 'Members may not change one of the fields',
    404: 'No such project',
  },
  handle: async (request, context) => {
    const access = await requireOrganization(request, context, projectScopes.read);
    const { id } = await requireProject(request, context, access);
    const given = withLegacyOptions(await request.body());
    requireFieldPermissions(access, given);
    for (const field of groupingFields) {
      if (field in given) throw fieldError(field, 'Grouping cannot be configured.');
    }
    const body = validateBody(projectUpdateSchema, given) as ProjectUpdateBody;
    await requirePlatform(context, access, body.platform);
    await requireCopiedProject(context, access, body.copy_from_project);
    try {
      await transaction(context.pool, (tx) => update(tx, request, access, id, body));
    } catch (error) {
      // Somebody else took the slug since it was looked for.
      if (violatedConstraint(error) !== 'project_organization_id_slug_key') throw error;
      throw fieldError('slug', 'Another project is already using that slug');
    }
    return ok(await projectDetails(context, access, id, { withOrganization: true }));
  },
});

/** Old clients send settings by their storage key, in a map. */
function withLegacyOptions(body: unknown): Record<string, unknown> {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    return validateBody(projectUpdateSchema, body);
  }
  const { options, ...fields } = body as Record<string, unknown>;
  if (typeof options !== 'object' || options === null) return fields;
  const byKey = new Map(Object.entries(projectOptions).map(([name, { key }]) => [key, name]));
  const named = Object.entries(options).flatMap(([key, value]) => {
    const name = byKey.get(key);
    return name === undefined ? [] : [[name, value]];
  });
  return { ...(Object.fromEntries(named) as Record<string, unknown>), ...fields };
}

/** A field that is false or empty changes nothing that a member could gain by (groups-projects-orgs 3.7). */
function requireFieldPermissions(
  access: OrganizationAccess,
  given: Readonly<Record<string, unknown>>,
): void {
  const isWriter = projectScopes.write.some((scope) => access.scopes.includes(scope));
  if (isWriter) return;
  const isKnown = (field: string): boolean =>
    field in projectUpdateSchema.shape || groupingFields.includes(field);
  const refused = Object.entries(given)
    .filter(([field, value]) => isKnown(field) && !memberFields.includes(field) && Boolean(value))
    .map(([field]) => field);
  if (refused.length === 0) return;
  throw insufficientScope(
    projectScopes.write,
    `To change ${refused.join(', ')}, one of these scopes is needed: ${projectScopes.write.join(', ')}.`,
  );
}

async function update(
  tx: Transaction,
  request: ApiRequest,
  access: OrganizationAccess,
  projectId: string,
  body: ProjectUpdateBody,
): Promise<void> {
  const organizationId = access.organization.id;
  const before = await lockProjectSettings(tx, projectId);
  if (before === null) throw notFound();
  // What members may not set was sent empty, if at all, and is left alone.
  const isWriter = projectScopes.write.some((scope) => access.scopes.includes(scope));
  const changes = isWriter ? await store(tx, organizationId, before, body) : {};
  if (body.isBookmarked !== undefined && access.principal.kind === 'user') {
    await setBookmark(tx, projectId, access.principal.userId, body.isBookmarked);
  }
  const after = { ...before, name: body.name ?? before.name, slug: body.slug ?? before.slug };
  await recordAudit(tx, {
    organizationId,
    event: 'project.edit',
    actor: auditActor(request),
    targetObject: projectId,
    data: { ...changes, ...projectAuditData(isWriter ? after : before) },
  });
}

/** Answers what has changed, for the audit log. */
async function store(
  tx: Transaction,
  organizationId: string,
  before: ProjectSettings,
  body: ProjectUpdateBody,
): Promise<Record<string, unknown>> {
  const { id } = before;
  const changes: Record<string, unknown> = {};
  const { name, slug } = body;
  const platform = body.platform === '' ? null : body.platform;
  if (name !== undefined && name !== before.name) changes['old_name'] = before.name;
  if (platform !== undefined && platform !== before.platform) changes['platform'] = platform;
  if (slug !== undefined && slug !== before.slug) {
    const owner = await findSlugOwner(tx, organizationId, id, slug);
    if (owner !== null) {
      throw fieldError('slug', `Another project (${owner}) is already using that slug`);
    }
    changes['old_slug'] = before.slug;
    changes['new_slug'] = slug;
  }
  if (body.copy_from_project !== undefined) {
    await copyProjectSettings(tx, body.copy_from_project, id);
    changes['copied_from'] = body.copy_from_project;
  }
  requireDigestDelays(before, body);
  const options = new Map<string, unknown>();
  for (const [field, { key, default: initial }] of Object.entries(projectOptions)) {
    const value = body[field];
    if (value === undefined) continue;
    options.set(key, value);
    const stored = Object.hasOwn(before.options, key) ? before.options[key] : initial;
    if (JSON.stringify(stored) !== JSON.stringify(value)) changes[field] = value;
  }
  if (body.securityToken !== undefined) delete changes['securityToken'];
  await updateProjectColumns(tx, id, { name, slug, platform });
  if (options.size > 0) await setOptions(tx, 'project', id, options);
  if (slug !== undefined && slug !== before.slug) {
    await redirectSlug(tx, { organizationId, id, oldSlug: before.slug, newSlug: slug });
  }
  return changes;
}

/** @throws AppError 400 when mails would have to wait longer at least than they may at most. */
function requireDigestDelays({ options }: ProjectSettings, body: ProjectUpdateBody): void {
  const settings = readProjectOptions(options);
  const least = body['digestsMinDelay'] ?? settings['digestsMinDelay'];
  const most = body['digestsMaxDelay'] ?? settings['digestsMaxDelay'];
  const isGiven = body['digestsMinDelay'] !== undefined || body['digestsMaxDelay'] !== undefined;
  if (!isGiven || Number(least) <= Number(most)) return;
  throw fieldError(
    'digestsMinDelay',
    'The minimum delay on digests must be lower than the maximum.',
  );
}
