import { transaction } from '../../../db/pool.ts';
import { saveWithSnowflakeId } from '../../../db/snowflakes.ts';
import { addTeamMember, createTeam, type Team } from '../../../db/teams.ts';
import { findTeam } from '../../../db/teamLists.ts';
import { fieldError } from '../../../domain/errors.ts';
import { slugify } from '../../../domain/slugs.ts';
import { auditActor } from '../../access/auditActor.ts';
import { requireOrganization, type OrganizationAccess } from '../../access/organizationAccess.ts';
import { projectCreationScopes } from '../../access/organizationScopes.ts';
import { forbidden } from '../../access/requireScope.ts';
import type { AppContext } from '../../context.ts';
import { route } from '../../http/route.ts';
import { serializeOne } from '../../serializers/serialize.ts';
import { organizationProjectCreateSchema } from '../../validation/projectBodies.ts';
import { validateBody } from '../../validation/validateBody.ts';
import { createProjectOfTeam, requireProjectCreation } from './projectCreation.ts';

const accepted = [...projectCreationScopes.ownTeam, ...projectCreationScopes.anyTeam];

/** Room for `team-` in front of it. */
const USERNAME_LENGTH_MAX = 40;

type TeamOfProject = Team & Readonly<{ isMember: boolean; isNew: boolean }>;

/** For people without a team: theirs is made along with their first project, and used by the next ones. */
export const createOrganizationProject = route({
  name: 'createOrganizationProject',
  method: 'POST',
  path: '/api/0/organizations/{organization}/projects/',
  summary: 'Create a project, in a team of the body or in one of your own',
  access: accepted,
  body: organizationProjectCreateSchema,
  responses: { 201: 'The project', 400: 'The body is wrong', 409: 'The slug is taken' },
  handle: async (request, context) => {
    const access = await requireOrganization(request, context, accepted);
    const body = validateBody(organizationProjectCreateSchema, await request.body());
    const { team: named } = body;
    if (typeof named === 'string') {
      const team = await findTeam(context.pool, ids(access), named);
      if (team === null) throw fieldError('team', 'This team does not exist.');
      await requireProjectCreation(context, access, team.isMember);
      return create({ ...team, isNew: false });
    }
    await requireProjectCreation(context, access, true);
    return create(await ownTeam(context, access));

    async function create(team: TeamOfProject) {
      const project = await createProjectOfTeam(context, access, auditActor(request), body, team);
      const shown = await serializeOne('project', project, context);
      return { status: 201, body: { ...shown, team_slug: team.slug } };
    }
  },
});

function ids({ organization, memberId }: OrganizationAccess) {
  return { organizationId: organization.id, memberId };
}

/** The caller's own team `team-{username}`; made, with the caller on it, when there is none. */
async function ownTeam(context: AppContext, access: OrganizationAccess): Promise<TeamOfProject> {
  const { principal, memberId } = access;
  if (principal.kind !== 'user' || memberId === null) {
    throw forbidden('Name a team: an organization token has none of its own.');
  }
  const username = slugify(principal.username.split('@', 1)[0] ?? '').slice(0, USERNAME_LENGTH_MAX);
  // Two people may have the same name before the @.
  const slugs = [`team-${username}`, `team-${username}-${principal.userId}`];
  for (const slug of slugs) {
    const known = await findTeam(context.pool, ids(access), slug);
    if (known?.isMember === true) return { ...known, isNew: false };
    if (known !== null) continue;
    const created = await saveWithSnowflakeId(
      'team_pkey',
      () => context.snowflakes.next(),
      (id) =>
        transaction(context.pool, async (tx) => {
          const team = { id, organizationId: access.organization.id, slug, name: slug };
          const made = await createTeam(tx, team);
          if (made !== null) await addTeamMember(tx, memberId, [made.id]);
          return made;
        }),
    );
    if (created !== null) return { ...created, isMember: true, isNew: true };
    // The same person's other request made it a moment ago.
    const raced = await findTeam(context.pool, ids(access), slug);
    if (raced?.isMember === true) return { ...raced, isNew: false };
  }
  throw forbidden('Name a team: those that would be yours belong to others.');
}
