import { findOrganizationSettings } from '../../../db/organizationSettings.ts';
import { listProjects, type ProjectView } from '../../../db/organizationLists.ts';
import { recordAudit, type AuditActor } from '../../../db/auditLog.ts';
import { transaction } from '../../../db/pool.ts';
import { createProject } from '../../../db/projects.ts';
import { saveWithSnowflakeId } from '../../../db/snowflakes.ts';
import type { Team } from '../../../db/teams.ts';
import { AppError, notFound } from '../../../domain/errors.ts';
import { organizationOptions } from '../../../domain/organizationOptions.ts';
import { settingValue } from '../../../domain/settingChanges.ts';
import { projectSlugCandidates } from '../../../domain/slugs.ts';
import { randomHex, randomText } from '../../../infra/randomText.ts';
import type { OrganizationAccess } from '../../access/organizationAccess.ts';
import { projectCreationScopes } from '../../access/organizationScopes.ts';
import { forbidden } from '../../access/requireScope.ts';
import type { AppContext } from '../../context.ts';
import type { ProjectCreateBody } from '../../validation/projectBodies.ts';
import { projectAuditData } from './projectAuditData.ts';
import { requirePlatform } from './requirePlatform.ts';

const PUBLIC_KEY_HEX_DIGITS = 32;

/**
 * Of many that ask for one name at once, one gets it and the others look again. A suffix of two characters leaves few
 * of two hundred for a third look; ten are out of reach.
 */
const SLUG_ATTEMPTS_MAX = 10;

/**
 * @param isOwnTeam whether the caller is on the team of the new project, or makes it.
 * @throws AppError forbidden, also where members may not create projects (groups-projects-orgs 3.7).
 */
export async function requireProjectCreation(
  context: AppContext,
  access: OrganizationAccess,
  isOwnTeam: boolean,
): Promise<void> {
  const has = (accepted: readonly (typeof access.scopes)[number][]): boolean =>
    accepted.some((scope) => access.scopes.includes(scope));
  const isAllowed =
    has(projectCreationScopes.anyTeam) || (isOwnTeam && has(projectCreationScopes.ownTeam));
  if (!isAllowed) {
    throw forbidden(
      `Join the team, or use a token with one of these scopes: ${projectCreationScopes.anyTeam.join(', ')}.`,
    );
  }
  if (has(projectCreationScopes.restricted)) return;
  const settings = await findOrganizationSettings(context.pool, access.organization.id);
  const setting = organizationOptions['allowMemberProjectCreation'];
  if (setting !== undefined && settingValue(setting, settings) === false) {
    throw forbidden('Your organization has disabled this feature for members.');
  }
}

/** @throws AppError conflict when the slug that was asked for is taken. */
export async function createProjectOfTeam(
  context: AppContext,
  access: OrganizationAccess,
  actor: AuditActor,
  body: ProjectCreateBody,
  team: Team & Readonly<{ isNew: boolean }>,
): Promise<ProjectView> {
  await requirePlatform(context, access, body.platform);
  const isSlugChosen = typeof body.slug === 'string';
  for (let attempt = 1; attempt <= (isSlugChosen ? 1 : SLUG_ATTEMPTS_MAX); attempt++) {
    const projectId = await insertProject(context, access, actor, body, team);
    if (projectId === null) continue;
    const [project] = await listProjects(
      context.pool,
      { organizationId: access.organization.id, memberId: access.memberId, ids: [projectId] },
      { offset: 0, limit: 1 },
    );
    // Deleted by somebody else a moment after it was made.
    if (project === undefined) throw notFound();
    return project;
  }
  throw new AppError('conflict', 'A project with this slug already exists.');
}

/** Null when somebody has taken every slug. */
function insertProject(
  context: AppContext,
  access: OrganizationAccess,
  actor: AuditActor,
  body: ProjectCreateBody,
  team: Team & Readonly<{ isNew: boolean }>,
): Promise<string | null> {
  const organizationId = access.organization.id;
  const slugs =
    typeof body.slug === 'string'
      ? [body.slug]
      : projectSlugCandidates(body.name, { hex: randomHex, text: randomText });
  return saveWithSnowflakeId(
    'project_pkey',
    () => context.snowflakes.next(),
    (id) =>
      transaction(context.pool, async (tx) => {
        const project = await createProject(tx, {
          id,
          organizationId,
          name: body.name,
          slugs,
          platform: body.platform === '' ? null : (body.platform ?? null),
          teamIds: [team.id],
          publicKey: randomHex(PUBLIC_KEY_HEX_DIGITS),
        });
        if (project === null) return null;
        const data = projectAuditData({ ...project, status: 'active' });
        await recordAudit(tx, {
          organizationId,
          event: team.isNew ? 'team-and-project.created' : 'project.create',
          actor,
          targetObject: project.id,
          data: {
            ...data,
            ...(body.origin === undefined ? {} : { origin: body.origin }),
            ...(team.isNew ? { team_slug: team.slug, project_slug: project.slug } : {}),
          },
        });
        return project.id;
      }),
  );
}
