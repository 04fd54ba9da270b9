import type { Token } from '../../db/tokens.ts';
import { formatDateTime } from '../../domain/dateTime.ts';
import { formatOrNull } from './formatOrNull.ts';
import { rowSerializer } from './serializer.ts';

/** The plaintext only in the answer that creates a token. */
type TokenOptions = Readonly<{ plaintext?: string }>;

export const userToken = rowSerializer((token: Token, { plaintext }: TokenOptions) => ({
  id: token.id,
  name: token.name,
  scopes: token.scopes,
  application: null,
  tokenLastCharacters: token.lastCharacters,
  dateCreated: formatDateTime(token.dateAdded),
  dateLastUsed: formatOrNull(token.dateLastUsed),
  expiresAt: formatOrNull(token.expiresAt),
  ...(plaintext === undefined ? {} : { token: plaintext }),
}));
