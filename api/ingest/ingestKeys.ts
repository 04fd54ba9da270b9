import { findIngestKeys, type IngestKey } from '../../db/events/findIngestKeys.ts';
import type { Pool } from '../../db/pool.ts';
import { AppError } from '../../domain/errors.ts';
import { Coalescer } from '../../infra/coalescer.ts';
import { RecentMap } from '../../infra/recentMap.ts';

/** How long a key may be taken for known. It is checked again by the statement that stores an event. */
const KNOWN_MS = 5_000;

/** Keys in use within those seconds; beyond it the memory starts over. */
const KEYS_MAX = 10_000;

/** Public keys of projects. Requests with one key that come together share a look-up. */
export class IngestKeys {
  private readonly pool: Pool;
  private readonly lookUps = new Coalescer<IngestKey | null>();
  private readonly known = new RecentMap<IngestKey>({ keepMs: KNOWN_MS, max: KEYS_MAX });

  constructor(pool: Pool) {
    this.pool = pool;
  }

  /**
   * The key as it is now or was a moment ago: enough to read a body, and not to keep anything of it or to say so.
   * @throws AppError forbidden for a key that is unknown, disabled, or another project's (traces-health 4.1).
   */
  async require(publicKey: string, projectId: string): Promise<IngestKey> {
    const key = this.known.get(publicKey) ?? (await this.lookUp(publicKey));
    if (key.projectId !== projectId) throw refusedKey();
    return key;
  }

  /** Looks whether a key may be used now. @throws AppError forbidden when not. */
  async confirm({ publicKey }: IngestKey): Promise<void> {
    await this.lookUp(publicKey);
  }

  private async lookUp(publicKey: string): Promise<IngestKey> {
    const key = await this.lookUps.run(publicKey, async () => {
      const [found] = await findIngestKeys(this.pool, [publicKey]);
      return found ?? null;
    });
    if (key === null) {
      this.known.delete(publicKey);
      throw refusedKey();
    }
    this.known.set(publicKey, key);
    return key;
  }
}

/** What a client is told whose key may not be used for the project. */
export function refusedKey(): AppError {
  return new AppError('forbidden', 'event submission rejected with_reason: ProjectId');
}
