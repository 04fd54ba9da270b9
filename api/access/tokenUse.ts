import { touchToken } from '../../db/access.ts';
import type { CachedToken } from '../../db/models/token.ts';
import type { Pool } from '../../db/pool.ts';
import type { Logger } from '../../infra/logger.ts';
import { RecentMap } from '../../infra/recentMap.ts';

/** Writing the last use at every request would make every read a write. */
const RECORDED_EVERY_MS = 60_000;

/** More tokens than this in one minute, and some are recorded more often than they need to be. */
const REMEMBERED_MAX = 10_000;

/** Records when tokens were used, at most once a minute each. */
export class TokenUse {
  private readonly pool: Pool;
  private readonly logger: Logger;
  private readonly recorded = new RecentMap<true>({
    keepMs: RECORDED_EVERY_MS,
    max: REMEMBERED_MAX,
  });

  constructor(pool: Pool, logger: Logger) {
    this.pool = pool;
    this.logger = logger;
  }

  record({ id, kind, tokenId }: CachedToken): void {
    if (this.recorded.get(id) === true) return;
    this.recorded.set(id, true);
    // Bookkeeping must not fail or delay the request.
    touchToken(this.pool, { kind, tokenId }).catch((error: unknown) => {
      this.recorded.delete(id);
      this.logger.warn({ err: error }, 'The last use of a token was not recorded');
    });
  }
}
