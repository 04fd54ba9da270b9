import { recordAudit } from '../../../db/auditLog.ts';
import { transaction, type Transaction } from '../../../db/pool.ts';
import { findTeam, type TeamView } from '../../../db/teamLists.ts';
import type { Scope } from '../../../domain/scopes.ts';
import { notFound } from '../../../domain/errors.ts';
import { auditActor } from '../../access/auditActor.ts';
import { requireOrganization, type OrganizationAccess } from '../../access/organizationAccess.ts';
import { memberScopes, teamScopes } from '../../access/organizationScopes.ts';
import { forbidden } from '../../access/requireScope.ts';
import { requireTeam } from '../../access/requireTeam.ts';
import type { AppContext } from '../../context.ts';
import type { ApiRequest } from '../../http/apiRequest.ts';
import { requireMember } from './memberRules.ts';

/** Enough to move others between teams. */
const managingScopes: readonly Scope[] = [...teamScopes.write, ...memberScopes.write];

/** Enough to ask; for more than one's own membership it takes more. */
export const memberTeamScopes: readonly Scope[] = [
  ...managingScopes,
  'org:read',
  'member:read',
  'team:read',
];

type Change = Readonly<{
  event: 'member.join-team' | 'member.leave-team';
  /** Answers whether anything changed. */
  apply: (tx: Transaction, memberId: string, teamId: string) => Promise<boolean>;
}>;

/**
 * Puts a member on a team or takes them off it. Whoever does not manage members may join by themselves where
 * membership is open, and always leave.
 * @returns the team as the caller sees it then, and whether anything changed.
 */
export async function changeMemberTeam(
  request: ApiRequest,
  context: AppContext,
  { event, apply }: Change,
): Promise<Readonly<{ team: TeamView; access: OrganizationAccess; isChanged: boolean }>> {
  const access = await requireOrganization(request, context, memberTeamScopes);
  const member = await requireMember(request, context, access);
  const before = await requireTeam(request, context, access);
  const isManaging = managingScopes.some((scope) => access.scopes.includes(scope));
  if (!isManaging) {
    if (member.id !== access.memberId) throw forbidden('Only your own teams are yours to change.');
    if (event === 'member.join-team' && !access.organization.openMembership) {
      throw forbidden('Membership is not open: somebody who manages the team must add you.');
    }
  }
  const isChanged = await transaction(context.pool, async (tx) => {
    if (!(await apply(tx, member.id, before.id))) return false;
    await recordAudit(tx, {
      organizationId: access.organization.id,
      event,
      actor: auditActor(request),
      targetObject: member.id,
      targetUser: member.user.id,
      data: { email: member.user.email ?? member.user.username, team_slug: before.slug },
    });
    return true;
  });
  const ids = { organizationId: access.organization.id, memberId: access.memberId };
  const team = await findTeam(context.pool, ids, before.id);
  if (team === null) throw notFound();
  return { team, access, isChanged };
}
