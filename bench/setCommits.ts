import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { applyRun } from '../activities/release/applyRun.ts';
import { setCommits } from '../activities/release/setCommits.ts';
import { insertOperations } from '../db/operations/insertOperations.ts';
import { createPool, transaction } from '../db/pool.ts';
import type { CommitInput } from '../domain/commitList.ts';
import { formatShortId } from '../domain/shortId.ts';
import { createLogger } from '../infra/logger.ts';
import { uuidV7 } from '../infra/uuidV7.ts';

/**
 * The transaction of `setCommits` beside bare inserts of the same rows in one transaction, in turns, on the database of
 * a running `npm start` (SLIPWAY_DIR). Also: fifty messages that close issues, beside none.
 */
const COMMITS = Number(process.env['BENCH_COMMITS'] ?? 1_000);
const FILES = 3;
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 9);
const REFERENCES = 50;

const dev = JSON.parse(
  await readFile(join(process.env['SLIPWAY_DIR'] ?? '.slipway', 'dev.json'), 'utf8'),
) as { databaseUrl: string };
const pool = createPool({
  databaseUrl: dev.databaseUrl,
  applicationName: 'slipway-bench',
  max: 2,
  statementTimeoutMs: 60_000,
  onError: () => undefined,
});
const { rows: found } = await pool.query<{ organization: string; project: string; slug: string }>(
  `select organization_id as organization, id as project, slug from project where slug = 'web' limit 1`,
);
const { organization, project } = found[0]!;
let statements = 0;

const times: Record<'bare' | 'product' | 'references', number[]> = {
  bare: [],
  product: [],
  references: [],
};
for (let round = 0; round < ROUNDS; round += 1) {
  times.bare.push(await timed(() => insertBare(commits())));
  times.product.push(await apply(commits()));
  const names = await createGroups(REFERENCES);
  times.references.push(await apply(commits(names)));
}
const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1]!;
const bare = median(times.bare);
console.table([
  {
    what: `bare inserts, ${COMMITS} commits × ${FILES} files`,
    'median ms': bare.toFixed(1),
    ratio: 1,
  },
  ...(['product', 'references'] as const).map((name) => ({
    what: name === 'product' ? 'setCommits' : `setCommits with ${REFERENCES} references`,
    'median ms': median(times[name]).toFixed(1),
    ratio: Number((median(times[name]) / bare).toFixed(2)),
  })),
]);
console.log(`references / none: ${(median(times.references) / median(times.product)).toFixed(2)}`);
console.log(`statements of one setCommits: ${statements}`);
await pool.end();

function commits(closing: readonly string[] = []): CommitInput[] {
  const run = randomUUID();
  return Array.from({ length: COMMITS }, (_, index) => ({
    id: `${run}-${index}`.slice(0, 64),
    repository: 'bench/repository',
    message:
      closing[index] === undefined ? `change ${index} of something` : `Fixes ${closing[index]}`,
    author_name: `Dev ${index % 20}`,
    author_email: `dev${index % 20}@bench.test`,
    timestamp: new Date(Date.UTC(2026, 0, 1) - index * 60_000).toISOString(),
    patch_set: Array.from({ length: FILES }, (__, file) => ({
      path: `src/module${index % 50}/file${file}.ts`,
      type: 'M' as const,
    })),
  }));
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

async function apply(list: CommitInput[]): Promise<number> {
  const release = { organizationId: organization, version: `bench-${randomUUID()}` };
  await pool.query(
    `with created as (insert into release (organization_id, version) values ($1, $2) returning id)
     insert into release_project (release_id, project_id) select id, $3 from created`,
    [organization, release.version, project],
  );
  const id = uuidV7();
  await insertOperations(
    pool,
    [
      {
        id,
        release,
        kind: 'bench',
        steps: ['setCommits'],
        size: list.length,
        body: { setCommits: { commits: list } },
        bodyHash: Buffer.alloc(32),
        idempotencyKey: null,
        actor: { kind: 'system', userId: null, tokenId: null },
      },
    ],
    1_000,
  );
  const logger = createLogger('bench', 'error');
  const connect = pool.connect.bind(pool);
  statements = 0;
  (pool as { connect: unknown }).connect = async () => {
    const client = await connect();
    const query = client.query.bind(client);
    (client as { query: unknown }).query = (...args: unknown[]) => {
      statements += 1;
      return (query as (...all: unknown[]) => unknown)(...args);
    };
    const release_ = client.release.bind(client);
    client.release = (error) => {
      (client as { query: unknown }).query = query;
      release_(error);
    };
    return client;
  };
  const ms = await timed(() =>
    applyRun(
      { pool, logger },
      { name: 'setCommits', apply: setCommits('bench.test', () => Promise.resolve()) },
      { release, operationIds: [id] },
    ),
  );
  (pool as { connect: unknown }).connect = connect;
  return ms;
}

/** The least that any implementation has to write: the rows themselves, each table by one statement. */
function insertBare(list: CommitInput[]): Promise<void> {
  return transaction(pool, async (tx) => {
    const version = `bare-${randomUUID()}`;
    const { rows: releases } = await tx.query<{ id: string }>(
      'insert into release (organization_id, version, commit_count) values ($1, $2, $3) returning id',
      [organization, version, list.length],
    );
    const { rows: repositories } = await tx.query<{ id: string }>(
      'insert into repository (organization_id, name) values ($1, $2) returning id',
      [organization, version],
    );
    const { rows: authors } = await tx.query<{ id: string }>(
      `insert into commit_author (organization_id, email, name)
       select $1, $2 || number || '@bench.test', 'Dev' from generate_series(0, 19) as number returning id`,
      [organization, version],
    );
    const { rows: ids } = await tx.query<{ id: string }>(
      `insert into commit (organization_id, repository_id, key, author_id, message, date_added)
       select $1, $2, key, author_id, message, date_added
         from unnest($3::text[], $4::bigint[], $5::text[], $6::timestamptz[]) as given (key, author_id, message, date_added)
       returning id`,
      [
        organization,
        repositories[0]!.id,
        list.map((commit) => commit.id),
        list.map((_, index) => authors[index % 20]!.id),
        list.map((commit) => commit.message),
        list.map((commit) => commit.timestamp),
      ],
    );
    const files = list.flatMap((commit, index) =>
      (commit.patch_set ?? []).map((file) => ({ commit: ids[index]!.id, ...file })),
    );
    await tx.query(
      `insert into commit_file_change (commit_id, filename, type)
       select commit_id, filename, type::"char" from unnest($1::bigint[], $2::text[], $3::text[]) as given (commit_id, filename, type)`,
      [
        files.map((file) => file.commit),
        files.map((file) => file.path),
        files.map((file) => file.type),
      ],
    );
    await tx.query(
      `insert into release_commit (release_id, commit_id, position)
       select $1, commit_id, position - 1 from unnest($2::bigint[]) with ordinality as given (commit_id, position)`,
      [releases[0]!.id, ids.map((row) => row.id)],
    );
  });
}

async function createGroups(count: number): Promise<string[]> {
  const { rows } = await pool.query<{ short_id: string }>(
    `insert into group_ (project_id, short_id, title, first_seen, last_seen, active_at)
     select $1, coalesce((select max(short_id) from group_ where project_id = $1), 0) + number, 'bench', now(), now(), now()
       from generate_series(1, $2) as number
     returning short_id`,
    [project, count],
  );
  return rows.map((row) => formatShortId({ slug: 'web', number: row.short_id }));
}
