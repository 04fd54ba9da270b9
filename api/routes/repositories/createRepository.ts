import { fieldError } from '../../../domain/errors.ts';
import { publicRepositoryUrl } from '../../../domain/repositoryProvider.ts';
import {
  createRepository as storeRepository,
  type RepositoryDetails,
} from '../../../db/repositories.ts';
import { SecretBox } from '../../../infra/secretBox.ts';
import { requireOrganization } from '../../access/organizationAccess.ts';
import { route } from '../../http/route.ts';
import { answerOnce } from '../../mailbox/answerOnce.ts';
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
  idempotency: 'operation',
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
    const made: RepositoryDetails[] = [];
    const write = { organizationId: organization.id, kind: 'repository.create' };
    const response = await answerOnce(request, context, write, async (tx) => {
      const repository = await storeRepository(tx, wanted);
      if (repository === null) {
        throw fieldError('name', `The organization has a repository "${name}" already.`);
      }
      await auditRepository(tx, request, organization.id, 'repository.create', repository);
      made.push(repository);
      return { status: 201, body: await serializeOne('repositoryDetails', repository, context) };
    });
    for (const repository of made) await keepResync(context, organization.slug, repository);
    return response;
  },
});
