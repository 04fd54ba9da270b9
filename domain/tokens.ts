import { z } from 'zod';

/** Personal tokens: the prefix and 64 lower-case hex digits. */
export const USER_TOKEN_PREFIX = 'sntryu_';

const ORGANIZATION_TOKEN_PREFIX = 'sntrys_';

/** Shown in lists, so that a person can tell tokens apart. */
const LAST_CHARACTERS = 4;

export type OrganizationTokenPayload = Readonly<{
  /** Seconds since 1970. */
  issuedAt: number;
  /** Where clients send the token, at the root of a host; null leaves that to their settings. */
  url: string | null;
  /** Slug at the time of issue. */
  organization: string;
}>;

const payloadSchema = z
  .object({
    iat: z.number().refine((seconds) => seconds !== 0),
    url: z.string().nullish(),
    org: z.string().nullish(),
  })
  .transform(({ iat, url, org }): OrganizationTokenPayload => ({
    issuedAt: iat,
    url: url ?? null,
    organization: org ?? '',
  }));

/**
 * `sntrys_`, the payload as padded base64, `_`, the secret. sentry-cli 3 needs `url` and `org`, sentry-cli 2 also
 * `region_url`, so all four keys are always there (clients 2.3).
 * @param secret 32 random bytes as base64 without padding; its alphabet has no underscore.
 */
export function formatOrganizationToken(payload: OrganizationTokenPayload, secret: string): string {
  const json = JSON.stringify({
    iat: payload.issuedAt,
    url: payload.url,
    region_url: payload.url,
    org: payload.organization,
  });
  return `${ORGANIZATION_TOKEN_PREFIX}${encodeBase64(json)}_${secret}`;
}

/**
 * Takes a token apart; null for everything that is not an organization token, never an exception
 * (groups-projects-orgs 6.4). The payload informs and proves nothing: whom a token speaks for is found by its hash.
 */
export function parseOrganizationToken(token: string): OrganizationTokenPayload | null {
  const parts = token.split('_');
  const [, payload = ''] = parts;
  if (!token.startsWith(ORGANIZATION_TOKEN_PREFIX) || parts.length !== 3) return null;
  try {
    return payloadSchema.parse(JSON.parse(decodeBase64(payload)));
  } catch {
    return null;
  }
}

export function lastCharacters(token: string): string {
  return token.slice(-LAST_CHARACTERS);
}

function encodeBase64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

function decodeBase64(text: string): string {
  return new TextDecoder().decode(
    Uint8Array.from(atob(text), (character) => character.charCodeAt(0)),
  );
}
