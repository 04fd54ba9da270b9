import { AppError } from '../../../domain/errors.ts';
import { GIT_SCHEMES } from '../../../infra/outboundUrl.ts';
import { repositoryUrlProblem } from '../../../infra/repositoryUrl.ts';
import type { AppContext } from '../../context.ts';

/** @throws AppError invalid_input naming each address that nothing may connect to. */
export async function checkAddresses(
  context: AppContext,
  addresses: Readonly<{ url?: string | undefined; apiUrl?: string | null | undefined }>,
): Promise<void> {
  const { config } = context;
  const policy = { allowPrivate: config.allowPrivateUrls, allowFile: config.gitAllowFile };
  const { url, apiUrl } = addresses;
  const problems = {
    url: url === undefined ? null : await repositoryUrlProblem(url, policy, GIT_SCHEMES),
    apiUrl:
      apiUrl === undefined || apiUrl === null
        ? null
        : await repositoryUrlProblem(apiUrl, policy, ['http:', 'https:']),
  };
  const errors = Object.entries(problems).flatMap(([field, problem]) =>
    problem === null ? [] : [[field, [`The URL is refused: ${problem}.`]] as const],
  );
  if (errors.length === 0) return;
  throw new AppError('invalid_input', 'A URL is refused', { body: Object.fromEntries(errors) });
}
