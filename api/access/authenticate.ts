import { AppError } from '../../domain/errors.ts';
import type { ModelReader } from '../../db/cache/model.ts';
import { findToken, isExpired, type CachedToken } from '../../db/models/token.ts';
import { hashToken } from '../../infra/tokens.ts';
import type { AppContext } from '../context.ts';
import type { Principal } from './principal.ts';

const ORGANIZATION_TOKEN_PREFIX = 'sntrys_';

/**
 * Who a request speaks for, by `Authorization: Bearer <token>` or, for old clients, Basic with the token as user
 * (decisions 3).
 * @throws AppError unauthenticated, with the texts of releases-api 1.2.
 */
export async function authenticate(
  header: string | undefined,
  models: ModelReader,
  context: AppContext,
): Promise<Principal> {
  if (header === undefined || header.trim() === '') {
    throw unauthenticated('Authentication credentials were not provided.');
  }
  const { token, unknown } = readToken(header);
  const found = await findToken(models, hashToken(token));
  if (found === null) throw unauthenticated(unknown);
  if (isExpired(found)) throw unauthenticated('Token expired');
  if (found.kind === 'user' && !found.user.isActive) {
    throw unauthenticated('User inactive or deleted');
  }
  context.tokenUse.record(found);
  return principalOf(found);
}

function principalOf(token: CachedToken): Principal {
  const { tokenId, scopes } = token;
  if (token.kind === 'organization') {
    return { kind: 'organization', tokenId, scopes, organizationId: token.organizationId };
  }
  const { id: userId, username, name, email, memberships } = token.user;
  return { kind: 'user', tokenId, scopes, userId, username, name, email, memberships };
}

/** The token, and what to say when nobody has it: that depends on how it came. */
function readToken(header: string): { token: string; unknown: string } {
  const [scheme = '', ...parts] = header.trim().split(/\s+/);
  const [credentials] = parts;
  if (!/^(bearer|basic)$/i.test(scheme)) {
    throw unauthenticated('Authentication credentials were not provided.');
  }
  if (credentials === undefined) {
    throw unauthenticated('Invalid token header. No credentials provided.');
  }
  if (parts.length > 1) {
    throw unauthenticated('Invalid token header. Token string should not contain spaces.');
  }
  if (scheme.toLowerCase() === 'bearer') {
    const isOfOrganization = credentials.startsWith(ORGANIZATION_TOKEN_PREFIX);
    return {
      token: credentials,
      unknown: isOfOrganization ? 'Invalid org token' : 'Invalid token',
    };
  }
  const [token = ''] = Buffer.from(credentials, 'base64').toString('utf8').split(':', 1);
  return { token, unknown: 'API key is not valid' };
}

function unauthenticated(message: string): AppError {
  return new AppError('unauthenticated', message);
}
