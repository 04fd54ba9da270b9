import type { Scope } from '../../domain/scopes.ts';

/** Who a token speaks for. */
export type Principal =
  | Readonly<{
      kind: 'user';
      tokenId: string;
      userId: string;
      username: string;
      email: string | null;
      name: string;
      /** As granted to the token; the member's role in an organization may narrow them. */
      scopes: readonly Scope[];
    }>
  | Readonly<{
      kind: 'organization';
      tokenId: string;
      organizationId: string;
      scopes: readonly Scope[];
    }>;
