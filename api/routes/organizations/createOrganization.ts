import { recordAudit } from '../../../db/auditLog.ts';
import { addMember } from '../../../db/members.ts';
import { createOrganization as insertOrganization } from '../../../db/organizations.ts';
import { transaction, type Transaction } from '../../../db/pool.ts';
import { saveWithSnowflakeId } from '../../../db/snowflakes.ts';
import { addTeamMember, createTeam } from '../../../db/teams.ts';
import { fieldError } from '../../../domain/errors.ts';
import { organizationSlugCandidates, slugify } from '../../../domain/slugs.ts';
import { randomHex, randomText } from '../../../infra/randomText.ts';
import { auditActor } from '../../access/auditActor.ts';
import { organizationScopes } from '../../access/organizationScopes.ts';
import { requireOrganization } from '../../access/organizationAccess.ts';
import { requireUser } from '../../access/requireUser.ts';
import type { AppContext } from '../../context.ts';
import type { ApiRequest } from '../../http/apiRequest.ts';
import { route } from '../../http/route.ts';
import { organizationCreateSchema } from '../../validation/organizationBodies.ts';
import { validateBody } from '../../validation/validateBody.ts';
import { organizationDetails } from './organizationDetails.ts';

export const createOrganization = route({
  name: 'createOrganization',
  method: 'POST',
  path: '/api/0/organizations/',
  summary: 'Create an organization and become its owner',
  access: organizationScopes.write,
  body: organizationCreateSchema,
  responses: { 201: 'The organization', 400: 'The body is wrong, or the slug is taken' },
  handle: async (request, context) => {
    const { userId } = requireUser(request);
    const body = validateBody(organizationCreateSchema, await request.body());
    const chosen = body.slug ?? null;
    const slugs =
      chosen === null
        ? organizationSlugCandidates(body.name, { hex: randomHex, text: randomText })
        : [chosen];
    const teamId = body.defaultTeam === true ? await context.snowflakes.next() : null;
    for (const slug of slugs) {
      const id = await insert(request, context, { slug, name: body.name, teamId, userId });
      if (id === null) continue;
      const access = await requireOrganization(request, context, null, id);
      return { status: 201, body: await organizationDetails(context, access, true) };
    }
    throw fieldError('slug', `The slug "${slugs[0] ?? ''}" is already in use.`);
  },
});

type NewOrganization = Readonly<{
  slug: string;
  name: string;
  /** Null makes no team. */
  teamId: string | null;
  userId: string;
}>;

/** Null when the slug is taken. */
function insert(
  request: ApiRequest,
  context: AppContext,
  { slug, name, teamId, userId }: NewOrganization,
): Promise<string | null> {
  const insertAll = async (tx: Transaction, id: string): Promise<string | null> => {
    const created = await insertOrganization(tx, { id, slug, name });
    if (created === null) return null;
    const memberId = await addMember(tx, { organizationId: id, userId, role: 'owner' });
    if (teamId !== null && memberId !== null) {
      const teamSlug = slugify(name) || slug.toLowerCase();
      const team = { id: teamId, organizationId: id, slug: teamSlug, name };
      if ((await createTeam(tx, team)) !== null) await addTeamMember(tx, memberId, [teamId]);
    }
    await recordAudit(tx, {
      organizationId: id,
      event: 'org.create',
      actor: auditActor(request),
      targetObject: id,
      data: { id: Number(id), slug, name },
    });
    return id;
  };
  return saveWithSnowflakeId(
    'organization_pkey',
    () => context.snowflakes.next(),
    (id) => transaction(context.pool, (tx) => insertAll(tx, id)),
  );
}
