import { findIngestKey, type IngestKey } from '../../db/events/findIngestKey.ts';
import type { Pool } from '../../db/pool.ts';
import { AppError } from '../../domain/errors.ts';
import { Coalescer } from '../../infra/coalescer.ts';

/** Public keys of projects. Requests with one key that come together share a look-up; nothing is remembered. */
export class IngestKeys {
  private readonly pool: Pool;
  private readonly keys = new Coalescer<IngestKey | null>();

  constructor(pool: Pool) {
    this.pool = pool;
  }

  /** @throws AppError forbidden for a key that is unknown, disabled, or another project's (traces-health 4.1). */
  async require(publicKey: string, projectId: string): Promise<IngestKey> {
    const key = await this.keys.run(publicKey, () => findIngestKey(this.pool, publicKey));
    if (key?.projectId !== projectId) {
      throw new AppError('forbidden', 'event submission rejected with_reason: ProjectId');
    }
    return key;
  }
}
