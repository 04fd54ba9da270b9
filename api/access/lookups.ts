import type { Pool } from '../../db/pool.ts';
import {
  findReleaseProjects,
  type ReleaseProjects,
} from '../../db/releases/findReleaseProjects.ts';
import { releaseWorkflowId, type ReleaseKey } from '../../domain/operation.ts';
import { Coalescer } from '../../infra/coalescer.ts';

/**
 * What nearly every write asks for. Requests that ask for the same at the same time share a statement, and each gets
 * the answer of one that started after it came: nothing is remembered, so nothing can be stale.
 */
export class Lookups {
  private readonly pool: Pool;
  private readonly releases = new Coalescer<ReleaseProjects | null>();

  constructor(pool: Pool) {
    this.pool = pool;
  }

  releaseProjects(key: ReleaseKey): Promise<ReleaseProjects | null> {
    return this.releases.run(releaseWorkflowId(key), () => findReleaseProjects(this.pool, key));
  }
}
