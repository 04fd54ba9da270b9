import { recordAudit } from '../../../db/auditLog.ts';
import { findMember, lockOwners, setMemberRole, setMemberTeams } from '../../../db/members.ts';
import { transaction } from '../../../db/pool.ts';
import { AppError, badRequest, notFound } from '../../../domain/errors.ts';
import { auditActor } from '../../access/auditActor.ts';
import { requireOrganization } from '../../access/organizationAccess.ts';
import { memberScopes } from '../../access/organizationScopes.ts';
import { ok } from '../../http/apiResponse.ts';
import { route } from '../../http/route.ts';
import { serializeOne } from '../../serializers/serialize.ts';
import { memberUpdateSchema, namedTeams } from '../../validation/memberBodies.ts';
import { validateBody } from '../../validation/validateBody.ts';
import { requireManageableRole, requireMember, requireTeamIds } from './memberRules.ts';

export const updateMember = route({
  name: 'updateMember',
  method: 'PUT',
  path: '/api/0/organizations/{organization}/members/{member}/',
  summary: 'Change role and teams of a member',
  access: memberScopes.write,
  body: memberUpdateSchema,
  responses: {
    200: 'The member',
    400: 'The body is wrong, or it is your own membership',
    403: 'The role is above your own, or nobody would own the organization',
    404: 'No such member',
  },
  handle: async (request, context) => {
    const access = await requireOrganization(request, context, memberScopes.write);
    const member = await requireMember(request, context, access);
    const body = validateBody(memberUpdateSchema, await request.body());
    if (member.id === access.memberId) {
      throw badRequest('You cannot make changes to your own membership.');
    }
    requireManageableRole(access, member.role);
    const role = body.orgRole ?? body.role ?? member.role;
    requireManageableRole(access, role);
    const teams = namedTeams(body);
    const teamIds = teams === null ? null : await requireTeamIds(context, access, teams);
    await transaction(context.pool, async (tx) => {
      if (role !== member.role) {
        const owners = await lockOwners(tx, access.organization.id);
        if (role !== 'owner') requireAnotherOwner(owners, member.id);
        await setMemberRole(tx, member.id, role);
      }
      if (teamIds !== null) await setMemberTeams(tx, member.id, teamIds);
      await recordAudit(tx, {
        organizationId: access.organization.id,
        event: 'member.edit',
        actor: auditActor(request),
        targetObject: member.id,
        targetUser: member.user.id,
        data: {
          email: member.user.email ?? member.user.username,
          role,
          teams: teams ?? member.teams,
        },
      });
    });
    const after = await findMember(context.pool, access.organization.id, member.id);
    if (after === null) throw notFound();
    return ok(await serializeOne('memberDetails', after, context));
  },
});

/** @throws AppError forbidden when nobody would be left to own the organization. */
export function requireAnotherOwner(owners: readonly string[], memberId: string): void {
  if (!owners.includes(memberId) || owners.length > 1) return;
  throw new AppError(
    'forbidden',
    'You cannot remove the only remaining owner of the organization.',
  );
}
