import { recordAudit } from '../../db/auditLog.ts';
import { transaction } from '../../db/pool.ts';
import { createRepository } from '../../db/repositories.ts';
import {
  publicRepositoryUrl,
  repositoryProviders,
  type RepositoryProvider,
} from '../../domain/repositoryProvider.ts';
import { GIT_SCHEMES, type UrlScheme } from '../../infra/outboundUrl.ts';
import { repositoryUrlProblem } from '../../infra/repositoryUrl.ts';
import { administration } from './administration.ts';
import {
  AdminError,
  UsageError,
  type AdminContext,
  type Command,
  type CommandInput,
} from './command.ts';
import { requireOrganization } from './lookUp.ts';

/** Longer names do not occur; commit lists are held to the same (releases-api 2.3). */
const NAME_LENGTH_MAX = 200;

export const repoCommands: readonly Command[] = [
  {
    name: 'repo create',
    usage:
      '<org> <name> --provider <provider> [--url <url>] [--token <token>] [--api-url <url>] [--external-id <id>]',
    summary: `Create a repository. Providers: ${repositoryProviders.join(', ')}`,
    positionals: [2, 2],
    options: {
      provider: { type: 'string' },
      url: { type: 'string' },
      token: { type: 'string' },
      'api-url': { type: 'string' },
      'external-id': { type: 'string' },
    },
    run: create,
  },
];

async function create(
  { positionals: [idOrSlug = '', name = ''], option }: CommandInput,
  { pool, gitAllowFile, secrets }: AdminContext,
) {
  const provider = readProvider(option('provider'));
  if (name === '' || name.length > NAME_LENGTH_MAX || /\p{Cc}/u.test(name)) {
    throw new AdminError(
      `The name must have 1 to ${NAME_LENGTH_MAX} characters and no control characters.`,
    );
  }
  const url = option('url') ?? publicRepositoryUrl(provider, name);
  // sentry-cli gives up on the whole list when one repository has none (clients 9).
  if (url === null) throw new AdminError('--url is required: the name does not tell the address.');
  await refuseUnusable('--url', url, gitAllowFile, GIT_SCHEMES);
  const apiUrl = option('api-url');
  if (apiUrl !== null) await refuseUnusable('--api-url', apiUrl, false, ['http:', 'https:']);
  const token = option('token');
  if (token !== null && !/^[\x21-\x7e]+$/.test(token)) {
    throw new AdminError('--token: a token has visible ASCII characters only.');
  }
  const organization = await requireOrganization(pool, idOrSlug);
  const organizationId = organization.id;
  const repository = await transaction(pool, async (tx) => {
    const created = await createRepository(tx, {
      organizationId,
      name,
      provider,
      url,
      apiUrl,
      externalId: option('external-id'),
      tokenEncrypted: token === null ? null : secrets().seal(token),
    });
    if (created === null) return null;
    await recordAudit(tx, {
      organizationId,
      event: 'repository.create',
      actor: administration,
      targetObject: created.id,
      data: { id: Number(created.id), name, provider, status: created.status },
    });
    return created;
  });
  if (repository === null) {
    throw new AdminError(
      `The organization ${organization.slug} has a repository "${name}" already.`,
    );
  }
  return {
    json: { id: repository.id, name: repository.name },
    text: `Repository ${repository.name} (id ${repository.id}) created: ${url}`,
  };
}

function readProvider(text: string | null): RepositoryProvider {
  if (text === null) throw new UsageError('--provider is required.');
  const provider = repositoryProviders.find((known) => known === text);
  if (provider === undefined) {
    throw new AdminError(
      `There is no provider "${text}". Providers: ${repositoryProviders.join(', ')}.`,
    );
  }
  return provider;
}

/**
 * Checks the form only: names are resolved, and private addresses refused, when commits are fetched. A name may lead
 * elsewhere by then, and this command may run where it does not resolve at all.
 */
async function refuseUnusable(
  option: string,
  url: string,
  allowFile: boolean,
  schemes: readonly UrlScheme[],
): Promise<void> {
  const problem = await repositoryUrlProblem(url, { allowPrivate: true, allowFile }, schemes);
  if (problem !== null) throw new AdminError(`${option}: ${problem}.`);
}
