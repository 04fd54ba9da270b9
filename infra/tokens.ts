import { createHash, randomBytes } from 'node:crypto';
import { formatOrganizationToken, USER_TOKEN_PREFIX } from '../domain/tokens.ts';

/** Guessing is out of the question, which is why one round of SHA-256 is enough to keep them. */
const SECRET_BYTES = 32;

/** What the database keeps of a token: SHA-256 of the whole plaintext. */
export function hashToken(plaintext: string): Buffer {
  return createHash('sha256').update(plaintext).digest();
}

/** `sntryu_` and 64 hex digits: acts as its user. */
export function generateUserToken(): string {
  return `${USER_TOKEN_PREFIX}${randomBytes(SECRET_BYTES).toString('hex')}`;
}

/** Acts for its organization; clients read the address and the organization from it (clients 2.3). */
export function generateOrganizationToken(
  options: Readonly<{ organization: string; url: string; issuedAt: Date }>,
): string {
  const secret = randomBytes(SECRET_BYTES).toString('base64').replace(/=+$/, '');
  return formatOrganizationToken(
    {
      issuedAt: Math.floor(options.issuedAt.getTime() / 1_000),
      url: options.url,
      organization: options.organization,
    },
    secret,
  );
}
