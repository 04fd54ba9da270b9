import type { NormalizedEvent } from '../../domain/ingest/normalizeEvent.ts';

/** An event on its way into the database. */
export type NewEvent = Readonly<{
  organizationId: string;
  projectId: string;
  /** Hex digits of the hash of its grouping. */
  hash: string;
  event: NormalizedEvent;
}>;
