import type { ReleaseKey } from '../../domain/operation.ts';
import { findDeploysById } from '../../db/releases/readDeploys.ts';
import { findRelease, findReleasesById } from '../../db/releases/readReleases.ts';
import type { DeployView, ReleaseView } from '../../db/releases/releaseView.ts';
import type { Pool } from '../../db/pool.ts';
import { BatchLoader } from '../../infra/batchLoader.ts';

/** Reads for replies to writes: callers whose operations were applied together read together. */
export class Views {
  private readonly pool: Pool;
  private readonly releases: BatchLoader<ReleaseView>;
  private readonly deploys: BatchLoader<DeployView>;

  constructor(pool: Pool) {
    this.pool = pool;
    this.releases = new BatchLoader(async (ids) => byId(await findReleasesById(pool, ids)));
    this.deploys = new BatchLoader(async (ids) => byId(await findDeploysById(pool, ids)));
  }

  release(id: string): Promise<ReleaseView | undefined> {
    return this.releases.load(id);
  }

  releaseByKey(key: ReleaseKey): Promise<ReleaseView | null> {
    return findRelease(this.pool, key.organizationId, key.version);
  }

  deploy(id: string): Promise<DeployView | undefined> {
    return this.deploys.load(id);
  }
}

function byId<T extends Readonly<{ id: string }>>(rows: readonly T[]): Map<string, T> {
  return new Map(rows.map((row) => [row.id, row]));
}
