import { createHash, randomBytes } from 'node:crypto';

/** What the database keeps of a token: SHA-256 of the whole plaintext. */
export function hashToken(plaintext: string): Buffer {
  return createHash('sha256').update(plaintext).digest();
}

/** `sntryu_` and 64 hex digits: acts as its user. */
export function generateUserToken(): string {
  return `sntryu_${randomBytes(32).toString('hex')}`;
}

/**
 * `sntrys_`, a padded base64 payload, `_` and 43 characters of secret, exactly as sentry-cli takes it apart
 * (clients 2.3): both clients need every one of the four keys.
 */
export function generateOrganizationToken(
  options: Readonly<{ organization: string; url: string; issuedAt: Date }>,
): string {
  const payload = Buffer.from(
    JSON.stringify({
      iat: options.issuedAt.getTime() / 1_000,
      url: options.url,
      region_url: options.url,
      org: options.organization,
    }),
  ).toString('base64');
  const secret = randomBytes(32).toString('base64').replace(/=+$/, '');
  return `sntrys_${payload}_${secret}`;
}
