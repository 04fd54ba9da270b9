import { fieldError, notFound } from '../../../domain/errors.ts';
import { transaction } from '../../../db/pool.ts';
import {
  isRepositoryNameTaken,
  lockRepositoryNames,
  updateRepository as storeRepository,
} from '../../../db/repositories.ts';
import { SecretBox } from '../../../infra/secretBox.ts';
import { requireOrganization } from '../../access/organizationAccess.ts';
import { ok } from '../../http/apiResponse.ts';
import { route } from '../../http/route.ts';
import { serializeOne } from '../../serializers/serialize.ts';
import { validateBody } from '../../validation/validateBody.ts';
import { auditRepository } from './auditRepository.ts';
import { checkAddresses } from './checkAddresses.ts';
import { keepResync } from './keepResync.ts';
import { updateRepositorySchema } from './repositoryBodies.ts';
import { repositoryWriteScopes } from './repositoryScopes.ts';
import { requireRepository } from './requireRepository.ts';

export const updateRepository = route({
  name: 'updateRepository',
  method: 'PUT',
  path: '/api/0/organizations/{organization}/repos/{repositoryId}/',
  summary: 'Change a repository: what is left out stays, null takes away',
  access: repositoryWriteScopes,
  body: updateRepositorySchema,
  responses: { 200: 'The repository', 400: 'The body is wrong', 404: 'No such repository' },
  handle: async (request, context) => {
    const access = await requireOrganization(request, context, repositoryWriteScopes);
    const { organization } = access;
    const known = await requireRepository(request, context, access);
    const { token, ...body } = validateBody(updateRepositorySchema, await request.body());
    await checkAddresses(context, body);
    if (body.provider !== undefined && known.url === null && body.url === undefined) {
      throw fieldError('url', 'A repository with a provider needs a URL.');
    }
    const secrets = new SecretBox(context.config.secret);
    const updated = await transaction(context.pool, async (tx) => {
      await lockRepositoryNames(tx, organization.id);
      const name = body.name ?? known.name;
      const isActive = (body.status ?? known.status) === 'active';
      if (isActive && (await isRepositoryNameTaken(tx, organization.id, name, known.id))) {
        throw fieldError('name', `The organization has a repository "${name}" already.`);
      }
      const stored = await storeRepository(tx, organization.id, known.id, {
        ...body,
        tokenEncrypted: token === undefined || token === null ? token : secrets.seal(token),
      });
      if (stored !== null) {
        const replaced = token === undefined ? {} : { token_replaced: true };
        await auditRepository(tx, request, organization.id, 'repository.edit', stored, replaced);
      }
      return stored;
    });
    if (updated === null) throw notFound();
    await keepResync(context, organization.slug, updated);
    return ok(await serializeOne('repositoryDetails', updated, context));
  },
});
