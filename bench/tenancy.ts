import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { findAccessibleProject, findOrganizationAccess, findPrincipal } from '../db/access.ts';
import { createPool } from '../db/pool.ts';
import { findReleaseProjects } from '../db/releases/findReleaseProjects.ts';
import { hashToken } from '../infra/tokens.ts';
import { load } from './load.ts';

const DURATION_MS = Number(process.env['BENCH_MS'] ?? 4_000);

/**
 * What it costs a warm request to know who asks and what they may see: token, organization with membership, projects,
 * projects of a release. Beside it, in the same run, a bare round trip to Postgres, and the reads that a cache of these
 * rows in Redis would need at best: one for the token, two for an organization by its slug (the pointer, then the row),
 * one for what a member may see (ADR 0006, ADR 0007). Needs a running `npm start` (SLIPWAY_DIR).
 */
const dev = JSON.parse(
  await readFile(join(process.env['SLIPWAY_DIR'] ?? '.slipway', 'dev.json'), 'utf8'),
) as { url: string; token: string; databaseUrl: string; redisUrl: string };

const pool = createPool({
  databaseUrl: dev.databaseUrl,
  applicationName: 'slipway-bench',
  max: 20,
  statementTimeoutMs: 15_000,
  onError: () => undefined,
});
const redis = new Redis(dev.redisUrl);

const version = 'bench-tenancy';
const created = await fetch(`${dev.url}/api/0/organizations/acme/releases/`, {
  method: 'POST',
  headers: { Authorization: `Bearer ${dev.token}`, 'Content-Type': 'application/json' },
  body: JSON.stringify({ version, projects: ['web', 'api'] }),
});
if (!created.ok) throw new Error(`No release to ask for: ${created.status}`);

const tokenHash = hashToken(dev.token);
const found = await findPrincipal(pool, tokenHash);
if (found?.principal.kind !== 'user') throw new Error('The token of dev.json is not known');
const { userId } = found.principal;
const access = await findOrganizationAccess(pool, 'acme', userId);
if (access === null) throw new Error('There is no organization acme');
const organizationId = access.organization.id;
const cached = 'bench:tenancy';
await redis.set(cached, JSON.stringify({ ...found, ...access }));

const principal = (): Promise<unknown> => findPrincipal(pool, tokenHash);
const organization = (): Promise<unknown> => findOrganizationAccess(pool, 'acme', userId);
const project = (): Promise<unknown> =>
  findAccessibleProject(pool, { organizationId, memberId: access.memberId }, 'web');
const release = (): Promise<unknown> => findReleaseProjects(pool, { organizationId, version });
const read = async (): Promise<unknown> => JSON.parse((await redis.get(cached)) ?? '');

const inTurn =
  (...steps: (() => Promise<unknown>)[]) =>
  async (): Promise<void> => {
    for (const step of steps) await step();
  };

const measured: readonly (readonly [what: string, call: () => Promise<unknown>])[] = [
  ['reference: one round trip to Postgres', () => pool.query({ name: 'one', text: 'select 1' })],
  ['reference: one read from Redis, parsed', read],
  ['token', principal],
  ['organization and membership', organization],
  ['project by slug', project],
  ['token, organization, project: Postgres', inTurn(principal, organization, project)],
  ['the same from Redis at best (4 reads)', inTurn(read, read, read, read)],
  ['may I see this release: Postgres', inTurn(release)],
  ['the same from a permission cache', inTurn(read)],
];

const rows: Record<string, string | number>[] = [];
for (const clients of [1, 16]) {
  for (const [what, call] of measured) {
    await load(clients, DURATION_MS / 8, async () => {
      await call();
    });
    const result = await load(clients, DURATION_MS, async () => {
      await call();
    });
    rows.push({
      what,
      clients,
      'calls/s': Math.round(result.perSecond),
      'p50 ms': Number(result.p50Ms.toFixed(3)),
      'p99 ms': Number(result.p99Ms.toFixed(3)),
    });
  }
}
console.table(rows);
await redis.del(cached);
redis.disconnect();
await pool.end();
