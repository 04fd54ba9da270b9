import type { OrganizationToken } from '../../db/tokens.ts';
import { formatDateTime } from '../../domain/dateTime.ts';
import { formatOrNull } from './formatOrNull.ts';
import { rowSerializer } from './serializer.ts';

/** The plaintext only in the answer that creates a token. */
type TokenOptions = Readonly<{ plaintext?: string }>;

/** An organization token (groups-projects-orgs 6.4). */
export const organizationToken = rowSerializer(
  (token: OrganizationToken, { plaintext }: TokenOptions) => ({
    id: token.id,
    name: token.name,
    scopes: token.scopes,
    tokenLastCharacters: token.lastCharacters,
    dateCreated: formatDateTime(token.dateAdded),
    dateLastUsed: formatOrNull(token.dateLastUsed),
    projectLastUsedId: token.projectLastUsedId,
    ...(plaintext === undefined ? {} : { token: plaintext }),
  }),
);
