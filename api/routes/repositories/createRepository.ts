import { fieldError } from '../../../domain/errors.ts';
import { publicRepositoryUrl } from '../../../domain/repositoryProvider.ts';
import { transaction } from '../../../db/pool.ts';
import { createRepository as storeRepository } from '../../../db/repositories.ts';
import { SecretBox } from '../../../infra/secretBox.ts';
import { requireOrganization } from '../../access/organizationAccess.ts';
import { route } from '../../http/route.ts';
import { serializeOne } from '../../serializers/serialize.ts';
import { validateBody } from '../../validation/validateBody.ts';
import { auditRepository } from './auditRepository.ts';
import { checkAddresses } from './checkAddresses.ts';
import { keepResync } from './keepResync.ts';
import { createRepositorySchema } from './repositoryBodies.ts';
import { repositoryWriteScopes } from './repositoryScopes.ts';

export const createRepository = route({
  name: 'createRepository',
  method: 'POST',
  path: '/api/0/organizations/{organization}/repos/',
  summary: 'Connect a repository, so that commits can be fetched from it',
  access: repositoryWriteScopes,
  body: createRepositorySchema,
  responses: { 201: 'The repository', 400: 'The body is wrong, or the name is taken' },
  handle: async (request, context) => {
    const { organization } = await requireOrganization(request, context, repositoryWriteScopes);
    const body = validateBody(createRepositorySchema, await request.body());
    const url = body.url ?? publicRepositoryUrl(body.provider, body.name);
    // sentry-cli gives up on the whole list when one repository has none (clients 9).
    if (url === null) throw fieldError('url', 'The name does not tell the address: give a URL.');
    await checkAddresses(context, { url, apiUrl: body.apiUrl });
    const { name, provider, apiUrl, externalId, token = null } = body;
    const wanted = {
      organizationId: organization.id,
      name,
      provider,
      url,
      apiUrl,
      externalId,
      tokenEncrypted: token === null ? null : new SecretBox(context.config.secret).seal(token),
    };
    const repository = await transaction(context.pool, async (tx) => {
      const created = await storeRepository(tx, wanted);
      if (created !== null) {
        await auditRepository(tx, request, organization.id, 'repository.create', created);
      }
      return created;
    });
    if (repository === null) {
      throw fieldError('name', `The organization has a repository "${name}" already.`);
    }
    await keepResync(context, organization.slug, repository);
    return { status: 201, body: await serializeOne('repositoryDetails', repository, context) };
  },
});
