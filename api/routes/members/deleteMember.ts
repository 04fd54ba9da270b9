import { recordAudit } from '../../../db/auditLog.ts';
import { lockOwners, removeMember } from '../../../db/members.ts';
import { transaction } from '../../../db/pool.ts';
import { auditActor } from '../../access/auditActor.ts';
import { requireOrganization } from '../../access/organizationAccess.ts';
import { memberScopes } from '../../access/organizationScopes.ts';
import { insufficientScope } from '../../access/requireScope.ts';
import { noContent } from '../../http/apiResponse.ts';
import { route } from '../../http/route.ts';
import { requireManageableRole, requireMember } from './memberRules.ts';
import { requireAnotherOwner } from './updateMember.ts';

export const deleteMember = route({
  name: 'deleteMember',
  method: 'DELETE',
  path: '/api/0/organizations/{organization}/members/{member}/',
  summary: 'Take somebody out of an organization; everybody may leave',
  access: memberScopes.read,
  responses: {
    204: 'They are no member any more',
    403: 'Their role is above your own, or nobody would own the organization',
    404: 'No such member',
  },
  handle: async (request, context) => {
    const access = await requireOrganization(request, context, memberScopes.read);
    const member = await requireMember(request, context, access);
    if (member.id !== access.memberId) {
      if (!access.scopes.includes('member:admin')) {
        throw insufficientScope(
          ['member:admin'],
          'To take others out, one of these scopes is needed: member:admin.',
        );
      }
      requireManageableRole(access, member.role);
    }
    await transaction(context.pool, async (tx) => {
      requireAnotherOwner(await lockOwners(tx, access.organization.id), member.id);
      if (!(await removeMember(tx, member.id))) return;
      await recordAudit(tx, {
        organizationId: access.organization.id,
        event: 'member.remove',
        actor: auditActor(request),
        targetObject: member.id,
        targetUser: member.user.id,
        data: { email: member.user.email ?? member.user.username, role: member.role },
      });
    });
    return noContent();
  },
});
