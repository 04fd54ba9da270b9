import { expect } from 'vitest';
import { useCli, type CliOptions, type CliProgram, type CliRun } from './cli.ts';
import { useSlipway, type TestSlipway } from './slipway.ts';
import { createTenant, type Tenant } from './tenant.ts';

export type WorldRun = CliRun &
  Readonly<{
    /** What this run sent: method and target below `/organizations/{org}`, `/projects/{org}` or `/api/0`. */
    requests: readonly string[];
  }>;

type Runner = ReturnType<typeof useCli>;

/** An organization with the projects `web` and `api`, and a client pointed at it with the token of its owner. */
export class CliWorld {
  readonly tenant: Tenant;
  readonly slipway: TestSlipway;
  private readonly run: Runner;
  private readonly seen: readonly string[];

  constructor(tenant: Tenant, slipway: TestSlipway, run: Runner, seen: readonly string[]) {
    this.tenant = tenant;
    this.slipway = slipway;
    this.run = run;
    this.seen = seen;
  }

  /** A command line, or its arguments when one of them has blanks. */
  async cli(command: string | readonly string[], options: CliOptions = {}): Promise<WorldRun> {
    const before = this.seen.length;
    const run = await this.run(typeof command === 'string' ? command.split(' ') : command, {
      ...options,
      env: {
        SENTRY_URL: this.slipway.url,
        SENTRY_AUTH_TOKEN: this.tenant.ownerToken,
        SENTRY_ORG: this.tenant.slug,
        ...options.env,
      },
    });
    return { ...run, requests: this.seen.slice(before).map((request) => this.shorten(request)) };
  }

  /** As `cli`, for commands that have to work. */
  async succeed(command: string | readonly string[], options: CliOptions = {}): Promise<WorldRun> {
    const run = await this.cli(command, options);
    expect(run.exitCode, `${String(command)}\n${run.output}`).toBe(0);
    return run;
  }

  /** Reads below the organization as its owner. */
  async get(path: string): Promise<{ status: number; body: any }> {
    return this.slipway.call('GET', `/api/0/organizations/${this.tenant.slug}${path}`, {
      token: this.tenant.ownerToken,
    });
  }

  async release(version: string): Promise<any> {
    return (await this.get(`/releases/${encodeURIComponent(version)}/`)).body;
  }

  async commits(version: string): Promise<any[]> {
    return (await this.get(`/releases/${encodeURIComponent(version)}/commits/`)).body;
  }

  async commitIds(version: string): Promise<string[]> {
    return (await this.commits(version)).map((commit) => commit.id);
  }

  async deploys(version: string): Promise<any[]> {
    return (await this.get(`/releases/${encodeURIComponent(version)}/deploys/`)).body;
  }

  /** Straight into the table: how repositories come to be known is not what these tests are about. */
  async addRepository(
    name: string,
    url: string | null = null,
    provider: string | null = null,
  ): Promise<void> {
    await this.slipway.pool.query(
      'insert into repository (organization_id, name, url, provider) values ($1, $2, $3, $4)',
      [this.tenant.organizationId, name, url, provider],
    );
  }

  /** Where each repository stands in a release, as `name@commit`: heads are what the next range starts from. */
  async heads(version: string): Promise<string[]> {
    const { rows } = await this.slipway.pool.query<{ head: string }>(
      `select repository.name || '@' || commit.key as head
         from release_head_commit head
         join release on release.id = head.release_id
         join repository on repository.id = head.repository_id
         join commit on commit.id = head.commit_id
        where release.organization_id = $1 and release.version = $2
        order by head`,
      [this.tenant.organizationId, version],
    );
    return rows.map((row) => row.head);
  }

  private shorten(request: string): string {
    return request
      .replace('/api/0', '')
      .replace(`/organizations/${this.tenant.slug}/`, '/')
      .replace(`/projects/${this.tenant.slug}/`, '/projects/');
  }
}

/** Starts a Slipway for the tests of a file; each world made from it is an organization of its own. */
export function useCliWorlds(
  program: CliProgram,
  options: Parameters<typeof useSlipway>[0] = {},
): () => Promise<CliWorld> {
  const seen: string[] = [];
  const slipway = useSlipway({
    ...options,
    publicUrl: 'served',
    onRequest: (method, target) => seen.push(`${method} ${target}`),
  });
  const run = useCli(program);
  let worlds = 0;
  return async () => {
    const tenant = await createTenant(slipway.pool, `acme-${++worlds}`, slipway.url);
    return new CliWorld(tenant, slipway, run, seen);
  };
}
