import type { OrganizationToken, Token } from '../../db/tokens.ts';
import { formatDateTime } from '../../domain/dateTime.ts';

/** An organization token; its plaintext only in the answer that creates it (groups-projects-orgs 6.4). */
export function serializeOrganizationToken(
  token: OrganizationToken,
  plaintext?: string,
): Record<string, unknown> {
  return {
    id: token.id,
    name: token.name,
    scopes: token.scopes,
    tokenLastCharacters: token.lastCharacters,
    dateCreated: formatDateTime(token.dateAdded),
    dateLastUsed: formatOrNull(token.dateLastUsed),
    projectLastUsedId: token.projectLastUsedId,
    ...(plaintext === undefined ? {} : { token: plaintext }),
  };
}

/** A user token; its plaintext only in the answer that creates it. */
export function serializeUserToken(token: Token, plaintext?: string): Record<string, unknown> {
  return {
    id: token.id,
    name: token.name,
    scopes: token.scopes,
    application: null,
    tokenLastCharacters: token.lastCharacters,
    dateCreated: formatDateTime(token.dateAdded),
    dateLastUsed: formatOrNull(token.dateLastUsed),
    expiresAt: formatOrNull(token.expiresAt),
    ...(plaintext === undefined ? {} : { token: plaintext }),
  };
}

function formatOrNull(timestamp: string | null): string | null {
  return timestamp === null ? null : formatDateTime(timestamp);
}
