import { createRepository } from '../../db/repositories.ts';
import {
  publicRepositoryUrl,
  repositoryProviders,
  type RepositoryProvider,
} from '../../domain/repositoryProvider.ts';
import { assertSafeUrl, GIT_SCHEMES, UnsafeUrlError } from '../../infra/outboundUrl.ts';
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
    usage: '<org> <name> --provider <provider> [--url <url>]',
    summary: `Create a repository. Providers: ${repositoryProviders.join(', ')}`,
    positionals: [2, 2],
    options: { provider: { type: 'string' }, url: { type: 'string' } },
    run: create,
  },
];

async function create(
  { positionals: [idOrSlug = '', name = ''], option }: CommandInput,
  { pool, gitAllowFile }: AdminContext,
) {
  const provider = readProvider(option('provider'));
  if (name === '' || name.length > NAME_LENGTH_MAX || /\p{Cc}/u.test(name)) {
    throw new AdminError(
      `The name must have 1 to ${NAME_LENGTH_MAX} characters and no control characters.`,
    );
  }
  const url = await readUrl(option('url') ?? publicRepositoryUrl(provider, name), gitAllowFile);
  const organization = await requireOrganization(pool, idOrSlug);
  const repository = await createRepository(pool, {
    organizationId: organization.id,
    name,
    provider,
    url,
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
async function readUrl(text: string | null, allowFile: boolean): Promise<string> {
  // sentry-cli gives up on the whole list when one repository has none (clients 9).
  if (text === null) throw new AdminError('--url is required: the name does not tell the address.');
  try {
    await assertSafeUrl(
      text,
      { allowPrivate: true, allowFile },
      {
        schemes: GIT_SCHEMES,
        resolve: () => Promise.resolve([{ address: '127.0.0.1', family: 4 }]),
      },
    );
  } catch (error) {
    if (!(error instanceof UnsafeUrlError)) throw error;
    throw new AdminError(`--url: ${error.message}.`);
  }
  return text;
}
