import { notFound } from '../../../domain/errors.ts';
import { transaction } from '../../../db/pool.ts';
import { disableRepository } from '../../../db/repositories.ts';
import { requireOrganization } from '../../access/organizationAccess.ts';
import { route } from '../../http/route.ts';
import { serializeOne } from '../../serializers/serialize.ts';
import { auditRepository } from './auditRepository.ts';
import { keepResync } from './keepResync.ts';
import { repositoryWriteScopes } from './repositoryScopes.ts';
import { requireRepository } from './requireRepository.ts';

export const deleteRepository = route({
  name: 'deleteRepository',
  method: 'DELETE',
  path: '/api/0/organizations/{organization}/repos/{repositoryId}/',
  summary: 'Disconnect a repository: its commits stay, its token is forgotten',
  access: repositoryWriteScopes,
  responses: { 202: 'The repository as it is now', 404: 'No such repository' },
  handle: async (request, context) => {
    const access = await requireOrganization(request, context, repositoryWriteScopes);
    const { organization } = access;
    const known = await requireRepository(request, context, access);
    const disabled = await transaction(context.pool, async (tx) => {
      const stored = await disableRepository(tx, organization.id, known.id);
      if (stored !== null && known.status === 'active') {
        await auditRepository(tx, request, organization.id, 'repository.remove', stored);
      }
      return stored;
    });
    if (disabled === null) throw notFound();
    await keepResync(context, organization.slug, disabled);
    // The status that upstream answers; the clients read the body.
    return { status: 202, body: await serializeOne('repositoryDetails', disabled, context) };
  },
});
