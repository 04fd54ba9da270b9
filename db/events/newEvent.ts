import type { NormalizedEvent } from '../../domain/ingest/normalizeEvent.ts';
import type { IngestKey } from './findIngestKeys.ts';

/** An event on its way into the database, with the key that it came with. */
export type NewEvent = IngestKey &
  Readonly<{
    /** Hex digits of the hash of its grouping. */
    hash: string;
    event: NormalizedEvent;
  }>;
