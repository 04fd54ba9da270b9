import { listProjects } from '../../../db/organizationLists.ts';
import { findOrganizationSettings } from '../../../db/organizationSettings.ts';
import { listTeams } from '../../../db/teamLists.ts';
import type { OrganizationAccess } from '../../access/organizationAccess.ts';
import type { AppContext } from '../../context.ts';
import { serializeOne } from '../../serializers/serialize.ts';

/** Embedding more would make every `sentry` command, which starts here, carry all of it. */
const EMBEDDED_MAX = 100;

/** The full form of an organization; with its first projects and teams when they are asked for. */
export async function organizationDetails(
  context: AppContext,
  access: OrganizationAccess,
  withLists: boolean,
): Promise<Record<string, unknown>> {
  const { organization, memberId } = access;
  const filter = { organizationId: organization.id, memberId };
  const window = { offset: 0, limit: EMBEDDED_MAX };
  const [settings, projects, teams] = await Promise.all([
    findOrganizationSettings(context.pool, organization.id),
    withLists ? listProjects(context.pool, { ...filter, ids: null }, window) : [],
    withLists ? listTeams(context.pool, { ...filter, projectId: null, pattern: null }, window) : [],
  ]);
  const details = { organization, settings, lists: withLists ? { projects, teams } : null };
  return serializeOne('organizationDetails', details, context, { access });
}
