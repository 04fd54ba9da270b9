import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { createCaches } from '../api/createCaches.ts';
import { directModels } from '../db/cache/directModels.ts';
import type { ModelReader } from '../db/cache/model.ts';
import { findOrganization } from '../db/models/organization.ts';
import { findProject } from '../db/models/project.ts';
import { findMembership, findToken } from '../db/models/token.ts';
import { createPool } from '../db/pool.ts';
import { createLogger } from '../infra/logger.ts';
import { createMetrics } from '../infra/metrics.ts';
import { hashToken } from '../infra/tokens.ts';
import { load } from './load.ts';

const DURATION_MS = Number(process.env['BENCH_MS'] ?? 1_500);

/** What a warm request may pay at the median to know who asks and about what. */
const TARGET_MS = 0.3;

/**
 * What it costs a warm request to know who asks and about what: token with its user, organization, membership, project,
 * as the API looks them up (ADR 0010), and the same from Postgres alone. Beside them, in the same run, a bare round trip
 * to Postgres and one to Redis. Needs a running `npm start` (SLIPWAY_DIR).
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
const caches = createCaches(dev, pool, createLogger('bench', 'warn'), createMetrics());

const tokenHash = hashToken(dev.token);
const direct = directModels(pool);
const token = await findToken(direct, tokenHash);
const organization = await findOrganization(direct, 'acme');
if (token?.kind !== 'user' || organization === null) throw new Error('dev.json is not up to date');

const who = (models: ModelReader) => findToken(models, tokenHash);
const where = async (models: ModelReader) => {
  const found = await findOrganization(models, 'acme');
  return found && findMembership(pool, token.user, found.id);
};
const project = (models: ModelReader) => findProject(models, organization.id, 'web');
const cached = (): ModelReader => caches.models.scope();

const inTurn =
  (models: () => ModelReader, ...steps: ((models: ModelReader) => Promise<unknown>)[]) =>
  async (): Promise<void> => {
    const reader = models();
    for (const step of steps) {
      if ((await step(reader)) === null) throw new Error('A row is missing');
    }
  };

const postgres = (): ModelReader => direct;
const all = [who, where, project] as const;
const TARGET = 'token, organization and membership, project: cached';
const measured: readonly (readonly [what: string, call: () => Promise<unknown>])[] = [
  ['reference: one round trip to Postgres', () => pool.query({ name: 'one', text: 'select 1' })],
  ['reference: one round trip to Redis', () => redis.get('bench:nothing')],
  ['token: cached', inTurn(cached, who)],
  ['organization and membership: cached', inTurn(cached, where)],
  ['project by slug: cached', inTurn(cached, project)],
  [TARGET, inTurn(cached, ...all)],
  ['the same from Postgres', inTurn(postgres, ...all)],
];

const rows: Record<string, string | number>[] = [];
let isMet = false;
for (const clients of [1, 16]) {
  for (const [what, call] of measured) {
    const run = (durationMs: number) =>
      load(clients, durationMs, async () => {
        await call();
      });
    await run(DURATION_MS / 4);
    const result = await run(DURATION_MS);
    if (what === TARGET && clients === 1) isMet = result.p50Ms <= TARGET_MS;
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
console.log(`At most ${TARGET_MS} ms at the median for a lone client: ${isMet ? 'met' : 'missed'}`);
if (!isMet) process.exitCode = 1;
await caches.close();
redis.disconnect();
await pool.end();
