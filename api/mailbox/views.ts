import type { ReleaseKey } from '../../domain/operation.ts';
import { findDeploysById } from '../../db/releases/readDeploys.ts';
import { findRelease, findReleasesById } from '../../db/releases/readReleases.ts';
import type { DeployView, ReleaseView } from '../../db/releases/releaseView.ts';
import type { Pool } from '../../db/pool.ts';
import { Batcher } from '../../infra/batcher.ts';

/** Reads for replies to writes: callers whose operations were applied together read together. */
export class Views {
  private readonly pool: Pool;
  private readonly releases: Batcher<string, ReleaseView | undefined>;
  private readonly deploys: Batcher<string, DeployView | undefined>;

  constructor(pool: Pool) {
    this.pool = pool;
    this.releases = new Batcher(async (ids) =>
      inOrder(ids, await findReleasesById(pool, distinct(ids))),
    );
    this.deploys = new Batcher(async (ids) =>
      inOrder(ids, await findDeploysById(pool, distinct(ids))),
    );
  }

  release(id: string): Promise<ReleaseView | undefined> {
    return this.releases.run(id);
  }

  releaseByKey(key: ReleaseKey): Promise<ReleaseView | null> {
    return findRelease(this.pool, key.organizationId, key.version);
  }

  deploy(id: string): Promise<DeployView | undefined> {
    return this.deploys.run(id);
  }
}

function distinct(ids: readonly string[]): string[] {
  return [...new Set(ids)];
}

function inOrder<T extends Readonly<{ id: string }>>(
  ids: readonly string[],
  rows: readonly T[],
): (T | undefined)[] {
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.map((id) => byId.get(id));
}
