import { recordAudit } from '../../../db/auditLog.ts';
import { addMember, findMember, type MemberView } from '../../../db/members.ts';
import { findOrganizationSettings } from '../../../db/organizationSettings.ts';
import { transaction, type Transaction } from '../../../db/pool.ts';
import { addTeamMember } from '../../../db/teams.ts';
import { createUser, findUserByEmail } from '../../../db/users.ts';
import { fieldError, notFound } from '../../../domain/errors.ts';
import { organizationOptions } from '../../../domain/organizationOptions.ts';
import { roles, type Role } from '../../../domain/scopes.ts';
import { settingValue } from '../../../domain/settingChanges.ts';
import { auditActor } from '../../access/auditActor.ts';
import { requireOrganization, type OrganizationAccess } from '../../access/organizationAccess.ts';
import { memberScopes } from '../../access/organizationScopes.ts';
import { forbidden } from '../../access/requireScope.ts';
import type { AppContext } from '../../context.ts';
import type { ApiRequest } from '../../http/apiRequest.ts';
import { route } from '../../http/route.ts';
import { serializeOne } from '../../serializers/serialize.ts';
import { memberCreateSchema, namedTeams } from '../../validation/memberBodies.ts';
import { validateBody } from '../../validation/validateBody.ts';
import { requireManageableRole, requireTeamIds } from './memberRules.ts';

/** Nothing is mailed: who has the address is a member at once, and gets a token from an administrator. */
export const createMember = route({
  name: 'createMember',
  method: 'POST',
  path: '/api/0/organizations/{organization}/members/',
  summary: 'Add somebody to an organization by e-mail',
  access: memberScopes.invite,
  body: memberCreateSchema,
  responses: {
    201: 'The member',
    400: 'The body is wrong, or they are a member already',
    403: 'The role is above your own, or members may not invite',
  },
  handle: async (request, context) => {
    const access = await requireOrganization(request, context, memberScopes.invite);
    const body = validateBody(memberCreateSchema, await request.body());
    const settings = await findOrganizationSettings(context.pool, access.organization.id);
    const isWriter = memberScopes.write.some((scope) => access.scopes.includes(scope));
    const invites = organizationOptions['allowMemberInvite'];
    if (!isWriter && invites !== undefined && settingValue(invites, settings) === false) {
      throw forbidden('Your organization does not allow members to invite others.');
    }
    const initial = roles.find((role) => role === settings.defaultRole) ?? 'member';
    const role = body.orgRole ?? body.role ?? initial;
    requireManageableRole(access, role);
    const teamIds = await requireTeamIds(context, access, namedTeams(body) ?? []);
    const member = await insert(request, context, access, { email: body.email, role, teamIds });
    return { status: 201, body: await serializeOne('member', member, context) };
  },
});

type NewMember = Readonly<{ email: string; role: Role; teamIds: readonly string[] }>;

async function insert(
  request: ApiRequest,
  context: AppContext,
  { organization }: OrganizationAccess,
  { email, role, teamIds }: NewMember,
): Promise<MemberView> {
  const organizationId = organization.id;
  const memberId = await transaction(context.pool, async (tx) => {
    const userId = await findOrCreateUser(tx, email);
    const id = await addMember(tx, { organizationId, userId, role });
    if (id === null) throw fieldError('email', `The user ${email} is already a member`);
    await addTeamMember(tx, id, teamIds);
    await recordAudit(tx, {
      organizationId,
      event: 'member.add',
      actor: auditActor(request),
      targetObject: id,
      targetUser: userId,
      data: { email, role },
    });
    return id;
  });
  const member = await findMember(context.pool, organizationId, memberId);
  if (member === null) throw notFound();
  return member;
}

async function findOrCreateUser(tx: Transaction, email: string): Promise<string> {
  const user =
    (await findUserByEmail(tx, email)) ??
    (await createUser(tx, { email, name: '' })) ??
    // Somebody else created it a moment ago.
    (await findUserByEmail(tx, email));
  if (user === null) throw fieldError('email', 'Another user has this address as their username.');
  return user.id;
}
