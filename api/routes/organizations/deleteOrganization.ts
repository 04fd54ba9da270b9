import { recordAudit } from '../../../db/auditLog.ts';
import { orderDeletion } from '../../../db/deletion/deletionOrders.ts';
import { markOrganizationForDeletion } from '../../../db/organizationDeletion.ts';
import { transaction } from '../../../db/pool.ts';
import { badRequest } from '../../../domain/errors.ts';
import { randomHex } from '../../../infra/randomText.ts';
import { auditActor } from '../../access/auditActor.ts';
import { organizationScopes } from '../../access/organizationScopes.ts';
import { requireKnownOrganization } from '../../access/requireKnownOrganization.ts';
import { requireUser } from '../../access/requireUser.ts';
import { route } from '../../http/route.ts';
import { organizationAuditData } from './organizationAuditData.ts';
import { organizationDetails } from './organizationDetails.ts';

/** Time to change one's mind (groups-projects-orgs 4.5). */
const DELAY_HOURS = 24;

const GUID_HEX_DIGITS = 32;

/** Out of sight at once, gone for good a day later; until then `cancelDeletion` takes it back. */
export const deleteOrganization = route({
  name: 'deleteOrganization',
  method: 'DELETE',
  path: '/api/0/organizations/{organization}/',
  summary: 'Delete an organization with everything in it, a day from now',
  access: organizationScopes.delete,
  responses: {
    202: 'The organization, which waits for its deletion; also when somebody asked before',
    400: 'It is the only organization of the installation',
    404: 'No such organization',
  },
  handle: async (request, context) => {
    const { userId } = requireUser(request);
    const access = await requireKnownOrganization(request, context, organizationScopes.delete);
    const { organization } = access;
    const { id } = organization;
    const outcome = await transaction(context.pool, async (tx) => {
      const marked = await markOrganizationForDeletion(tx, id);
      if (marked !== 'marked') return marked;
      const transactionId = await orderDeletion(
        tx,
        { model: 'organization', id },
        { guid: randomHex(GUID_HEX_DIGITS), actorId: userId, delayHours: DELAY_HOURS },
      );
      await recordAudit(tx, {
        organizationId: id,
        event: 'org.remove',
        actor: auditActor(request),
        targetObject: id,
        data: {
          ...organizationAuditData({ ...organization, status: 'pending_deletion' }),
          transaction_id: transactionId,
        },
      });
      return marked;
    });
    if (outcome === 'isOnlyOne') {
      throw badRequest('You cannot remove the default organization.');
    }
    if (outcome === 'marked') {
      const { slug } = organization;
      await context.deletions.start({
        model: 'organization',
        id,
        organizationSlug: slug,
        slug: '',
      });
    }
    return { status: 202, body: await organizationDetails(context, access, false) };
  },
});
