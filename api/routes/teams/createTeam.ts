import { recordAudit } from '../../../db/auditLog.ts';
import { transaction } from '../../../db/pool.ts';
import { saveWithSnowflakeId } from '../../../db/snowflakes.ts';
import { findTeam } from '../../../db/teamLists.ts';
import { addTeamMember, createTeam as insertTeam } from '../../../db/teams.ts';
import { AppError, fieldError, notFound } from '../../../domain/errors.ts';
import { slugify } from '../../../domain/slugs.ts';
import { randomHex } from '../../../infra/randomText.ts';
import { auditActor } from '../../access/auditActor.ts';
import { requireOrganization } from '../../access/organizationAccess.ts';
import { teamScopes } from '../../access/organizationScopes.ts';
import { route } from '../../http/route.ts';
import { serializeOne } from '../../serializers/serialize.ts';
import { NON_FIELD_ERRORS } from '../../validation/collections.ts';
import { teamSchema } from '../../validation/teamBodies.ts';
import { validateBody } from '../../validation/validateBody.ts';

/** A slug made of a name is cut to this, as for projects. */
const GENERATED_LENGTH_MAX = 50;

/** For names of which no letter is left. */
const REPLACEMENT_HEX_DIGITS = 12;

export const createTeam = route({
  name: 'createTeam',
  method: 'POST',
  path: '/api/0/organizations/{organization}/teams/',
  summary: 'Create a team and join it',
  access: teamScopes.write,
  body: teamSchema,
  responses: { 201: 'The team', 400: 'The body is wrong', 409: 'The slug is taken' },
  handle: async (request, context) => {
    const access = await requireOrganization(request, context, teamScopes.write);
    const body = validateBody(teamSchema, await request.body());
    const { memberId, organization } = access;
    const given = body.slug ?? body.name;
    if (given === undefined) throw fieldError(NON_FIELD_ERRORS, 'Name or slug is required');
    const slug = body.slug ?? slugOf(given);
    const created = await saveWithSnowflakeId(
      'team_pkey',
      () => context.snowflakes.next(),
      (id) =>
        transaction(context.pool, async (tx) => {
          const team = await insertTeam(tx, {
            id,
            organizationId: organization.id,
            slug,
            name: body.name ?? slug,
          });
          if (team === null) return null;
          if (memberId !== null) await addTeamMember(tx, memberId, [team.id]);
          await recordAudit(tx, {
            organizationId: organization.id,
            event: 'team.create',
            actor: auditActor(request),
            targetObject: team.id,
            data: { ...team, id: Number(team.id) },
          });
          return team;
        }),
    );
    if (created === null) throw teamExists();
    const ids = { organizationId: organization.id, memberId };
    const team = await findTeam(context.pool, ids, created.id);
    if (team === null) throw notFound();
    return { status: 201, body: await serializeOne('team', team, context, { access }) };
  },
});

/** The text under both keys: some clients read one, some the other. */
export function teamExists(): AppError {
  const detail = 'A team with this slug already exists.';
  return new AppError('conflict', detail, { body: { [NON_FIELD_ERRORS]: [detail], detail } });
}

function slugOf(name: string): string {
  const slug = slugify(name)
    .slice(0, GENERATED_LENGTH_MAX)
    .replace(/[-_]+$/, '');
  return slug === '' || /^\d+$/.test(slug) ? randomHex(REPLACEMENT_HEX_DIGITS) : slug;
}
