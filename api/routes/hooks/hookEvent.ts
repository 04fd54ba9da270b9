import type { PullRequestInput } from '../../../domain/pullRequest.ts';
import type { ExternalStatus } from '../../../db/outbox/applyExternalStatus.ts';
import type { HookRepository } from '../../../db/hooks/hookDeliveries.ts';
import type { RawCommit } from '../../../infra/scm/commitRecord.ts';

/** The repository that a delivery speaks of, by everything that tells it. */
export type HookSource = Readonly<{
  /** Ids of the providers that its host has here. */
  providers: readonly string[];
  externalId: string;
  /** As people write it. */
  name: string;
  /** Lower case. */
  names: readonly string[];
  /** Lower case, in every spelling. */
  urls: readonly string[];
}>;

/** What a delivery means, whatever host it came from. */
export type HookEvent =
  | Readonly<{ kind: 'ping' }>
  | Readonly<{ kind: 'push'; source: HookSource; commits: readonly RawCommit[] }>
  | Readonly<{ kind: 'pullRequest'; source: HookSource; pullRequest: PullRequestInput }>
  /** An issue of the tracker was closed or reopened. */
  | Readonly<{ kind: 'issueStatus'; status: ExternalStatus }>
  | Readonly<{ kind: 'other'; name: string }>;

/** A genuine delivery about repositories that the organization has. */
export type Delivery = Readonly<{
  organizationId: string;
  deliveryId: string;
  event: Extract<HookEvent, { kind: 'push' | 'pullRequest' }>;
  repositories: readonly HookRepository[];
}>;

/** A host that calls: how its deliveries are told apart from others' and from each other, and what they say. */
export type HookHost = Readonly<{
  name: 'github' | 'gitlab';
  isGenuine: (header: HeaderReader, body: Uint8Array, secret: string) => boolean;
  deliveryId: (header: HeaderReader) => string | null;
  /** @throws AppError 400 for a body that is not what the host promises. */
  parse: (header: HeaderReader, body: Uint8Array) => HookEvent;
}>;

export type HeaderReader = (name: string) => string | null;

/** Addresses with and without `.git`: hosts take both, and people write both. */
export function urlSpellings(...urls: readonly (string | null | undefined)[]): string[] {
  const spellings = urls.flatMap((url) => {
    if (!url) return [];
    const bare = url.toLowerCase().replace(/(?:\.git)?\/?$/, '');
    return [bare, `${bare}/`, `${bare}.git`];
  });
  return [...new Set(spellings)];
}
