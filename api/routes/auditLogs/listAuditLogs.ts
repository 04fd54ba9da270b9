import { listAuditLog } from '../../../db/auditLog.ts';
import { auditEvents } from '../../../domain/auditEvents.ts';
import { badRequest } from '../../../domain/errors.ts';
import { requireOrganization } from '../../access/organizationAccess.ts';
import { organizationScopes } from '../../access/organizationScopes.ts';
import { route } from '../../http/route.ts';
import { parseDateRange } from '../../pagination/dateRange.ts';
import { offsetList } from '../../pagination/offsetList.ts';
import { serialize } from '../../serializers/serialize.ts';
import { isId } from '../../validation/isId.ts';

export const listAuditLogs = route({
  name: 'listAuditLogs',
  method: 'GET',
  path: '/api/0/organizations/{organization}/audit-logs/',
  summary: 'Who changed what in an organization, newest first',
  access: organizationScopes.write,
  query: {
    event: 'Only this event, for example org.edit.',
    actor: 'Only of this user, by id.',
    start: 'With end: a range of dates.',
    end: 'With start.',
    statsPeriod: 'Instead of both: 14d, 24h and the like.',
    per_page: '1 to 100.',
    cursor: 'From the Link header.',
  },
  responses: { 200: '`rows`, and the names of all events as `options`', 400: 'A filter is wrong' },
  handle: async (request, context) => {
    const access = await requireOrganization(request, context, organizationScopes.write);
    const { query } = request;
    const actor = query.get('actor') ?? '';
    if (actor !== '' && !isId(actor)) {
      throw badRequest('Invalid actor: it must be the id of a user.');
    }
    const event = query.get('event') ?? '';
    const filter = {
      organizationId: access.organization.id,
      event: event === '' ? null : event,
      actorId: actor === '' ? null : actor,
      ...parseDateRange(query, new Date()),
    };
    const page = await offsetList(request, context, {
      rows: (window) => listAuditLog(context.pool, filter, window),
      json: (entries) => serialize('auditLogEntry', entries, context),
    });
    return { ...page, body: { rows: page.body, options: auditEvents } };
  },
});
