import { expect } from 'vitest';
import { sentryCliProgram, useCli, type CliOptions, type CliRun } from '../cli.ts';
import { useSlipway, type TestSlipway } from '../slipway.ts';
import { createTenant, type Tenant } from '../tenant.ts';

/** The two majors in use; CI systems and bundler plugins of the last years are on 2. */
export type SentryCliMajor = 2 | 3;

export type SentryCliRun = CliRun &
  Readonly<{
    /** What this run sent: method and target below `/organizations/{org}`, `/projects/{org}` or `/api/0`. */
    requests: readonly string[];
  }>;

type Runner = ReturnType<typeof useCli>;

/** An organization of its own, and sentry-cli pointed at it with the token of its owner. */
export class SentryCliWorld {
  readonly major: SentryCliMajor;
  readonly tenant: Tenant;
  readonly slipway: TestSlipway;
  private readonly run: Runner;
  private readonly seen: readonly string[];

  constructor(
    major: SentryCliMajor,
    tenant: Tenant,
    slipway: TestSlipway,
    run: Runner,
    seen: readonly string[],
  ) {
    this.major = major;
    this.tenant = tenant;
    this.slipway = slipway;
    this.run = run;
    this.seen = seen;
  }

  /** A command line, or its arguments when one of them has blanks. */
  async cli(command: string | readonly string[], options: CliOptions = {}): Promise<SentryCliRun> {
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
  async succeed(
    command: string | readonly string[],
    options: CliOptions = {},
  ): Promise<SentryCliRun> {
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
export function useSentryCli(major: SentryCliMajor): () => Promise<SentryCliWorld> {
  const seen: string[] = [];
  const slipway = useSlipway({
    publicUrl: 'served',
    onRequest: (method, target) => seen.push(`${method} ${target}`),
  });
  const run = useCli(sentryCliProgram(major === 3 ? '@sentry/cli' : 'sentry-cli-v2'));
  let worlds = 0;
  return async () => {
    const tenant = await createTenant(slipway.pool, `acme-${++worlds}`, slipway.url);
    return new SentryCliWorld(major, tenant, slipway, run, seen);
  };
}
