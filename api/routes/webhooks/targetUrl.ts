import { fieldError } from '../../../domain/errors.ts';
import { assertSafeUrl, UnsafeUrlError } from '../../../infra/outboundUrl.ts';
import type { AppContext } from '../../context.ts';

/**
 * Checks a URL that deliveries are to be sent to; they check it again, because names come to mean other addresses.
 * @throws AppError 400 under `url`.
 */
export async function checkTargetUrl({ config }: AppContext, url: string): Promise<void> {
  const problem = await problemOf(url, config.allowPrivateUrls);
  if (problem !== null) throw fieldError('url', problem);
}

async function problemOf(url: string, allowPrivate: boolean): Promise<string | null> {
  try {
    const { credentials } = await assertSafeUrl(url, { allowPrivate, allowFile: false });
    return credentials === null ? null : 'Credentials in the URL are not sent; use the signature.';
  } catch (error) {
    if (error instanceof UnsafeUrlError) return `This URL cannot be used: ${error.message}.`;
    return 'This URL cannot be used: its host does not resolve.';
  }
}
