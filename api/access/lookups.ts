import {
  findOrganizationAccess,
  findPrincipal,
  type AccessedOrganization,
} from '../../db/access.ts';
import type { Pool } from '../../db/pool.ts';
import {
  findReleaseProjects,
  type ReleaseProjects,
} from '../../db/releases/findReleaseProjects.ts';
import { releaseWorkflowId, type ReleaseKey } from '../../domain/operation.ts';
import { Coalescer } from '../../infra/coalescer.ts';

/**
 * What nearly every request asks for. Requests that ask for the same at the same time share a statement, and each gets
 * the answer of one that started after it came: nothing is remembered, so nothing can be stale.
 */
export class Lookups {
  private readonly pool: Pool;
  private readonly principals = new Coalescer<Awaited<ReturnType<typeof findPrincipal>>>();
  private readonly organizations = new Coalescer<AccessedOrganization | null>();
  private readonly releases = new Coalescer<ReleaseProjects | null>();

  constructor(pool: Pool) {
    this.pool = pool;
  }

  principal(tokenHash: Buffer): ReturnType<typeof findPrincipal> {
    return this.principals.run(tokenHash.toString('base64'), () =>
      findPrincipal(this.pool, tokenHash),
    );
  }

  organization(idOrSlug: string, userId: string | null): Promise<AccessedOrganization | null> {
    return this.organizations.run(JSON.stringify([idOrSlug, userId]), () =>
      findOrganizationAccess(this.pool, idOrSlug, userId),
    );
  }

  releaseProjects(key: ReleaseKey): Promise<ReleaseProjects | null> {
    return this.releases.run(releaseWorkflowId(key), () => findReleaseProjects(this.pool, key));
  }
}
