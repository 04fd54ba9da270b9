import { findTeam, type TeamView } from '../../db/teamLists.ts';
import { notFound } from '../../domain/errors.ts';
import type { AppContext } from '../context.ts';
import type { ApiRequest } from '../http/apiRequest.ts';
import type { OrganizationAccess } from './organizationAccess.ts';

/** The team of the path, by slug or id. */
export async function requireTeam(
  request: ApiRequest,
  context: AppContext,
  access: OrganizationAccess,
): Promise<TeamView> {
  const team = await findTeam(
    context.pool,
    { organizationId: access.organization.id, memberId: access.memberId },
    request.param('team'),
  );
  if (team === null) throw notFound();
  return team;
}
