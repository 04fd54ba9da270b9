import { expect, vi } from 'vitest';
import type { ApiAnswer, TestSlipway } from './slipway.ts';
import type { Tenant } from './tenant.ts';

/** Steps of the product's order of magnitude would make tests of waiting wait. */
export const testFetchTimes = {
  retryForMs: 60_000,
  waitForPushMs: 60_000,
  pollMs: { first: 200, longest: 500 },
} as const;

/** Releases with refs, and what became of their fetches. */
export class Fetches {
  private readonly slipway: TestSlipway;
  private readonly of: Tenant | undefined;

  /** @param of the organization; that of the Slipway unless given. */
  constructor(slipway: TestSlipway, of?: Tenant) {
    this.slipway = slipway;
    this.of = of;
  }

  /** Straight into the table; answers the id. */
  async addRepository(
    name: string,
    url: string | null,
    provider: string | null = 'git',
  ): Promise<string> {
    const { rows } = await this.slipway.pool.query<{ id: string }>(
      'insert into repository (organization_id, name, provider, url) values ($1, $2, $3, $4) returning id',
      [this.tenant.organizationId, name, provider, url],
    );
    return rows[0]!.id;
  }

  /** With a ref, or several, to `acme/web` unless they say otherwise, and no commits: those are to be fetched. */
  async createRelease(version: string, refs: Ref | readonly Ref[], project = 'web'): Promise<void> {
    const body = {
      version,
      projects: [project],
      refs: [refs].flat().map((ref) => ({ repository: 'acme/web', ...ref })),
    };
    const answer = await this.call('POST', this.releases, body);
    expect(answer.status, answer.text).toBe(201);
  }

  /** The fetch of the first repository by name. */
  async sync(version: string): Promise<any> {
    return (await this.call('GET', this.path(version))).body.repositories[0];
  }

  /** Waits until the fetch is in one of these states. */
  reached(version: string, ...states: string[]): Promise<any> {
    return this.until(version, ({ state }) => states.includes(state));
  }

  async until(version: string, isSo: (sync: any) => boolean, timeout = 25_000): Promise<any> {
    let sync: any;
    try {
      return await vi.waitUntil(
        async () => {
          sync = await this.sync(version);
          return isSo(sync) ? sync : null;
        },
        { timeout, interval: 100 },
      );
    } catch (error) {
      throw new Error(`The fetch of ${version} stays at ${JSON.stringify(sync)}`, { cause: error });
    }
  }

  async messages(version: string): Promise<string[]> {
    const { body } = await this.call('GET', `${this.releases}${version}/commits/`);
    return body.map((commit: any) => commit.message);
  }

  path(version: string): string {
    return `/api/slipway/v1/releases/${this.tenant.slug}/${version}/sync`;
  }

  private get tenant(): Tenant {
    return this.of ?? this.slipway.tenant;
  }

  private get releases(): string {
    return `/api/0/organizations/${this.tenant.slug}/releases/`;
  }

  private call(method: string, path: string, body?: unknown): Promise<ApiAnswer> {
    return this.slipway.call(method, path, { body, token: this.tenant.ownerToken });
  }
}

type Ref = Readonly<{ commit: string; previousCommit?: string; repository?: string }>;
