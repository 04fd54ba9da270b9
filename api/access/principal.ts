import type { Membership } from '../../db/models/member.ts';
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
      /** What they are in which organizations, as far as that is known (db/models/token.ts). */
      memberships?: readonly Membership[];
      /** As granted to the token; the member's role in an organization may narrow them. */
      scopes: readonly Scope[];
    }>
  | Readonly<{
      kind: 'organization';
      tokenId: string;
      organizationId: string;
      scopes: readonly Scope[];
      /** What the audit log calls it; just that it is a token, without. */
      label?: string;
    }>;
