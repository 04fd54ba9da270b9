/**
 * A range of 5,000 commits of a repository of 50,000, served over HTTP: the activity that fetches and stores it, beside
 * `git log` of the range plus bare inserts of the same rows, in turns on one throwaway Postgres.
 * `node bench/fetch.ts [commits] [range]`
 */
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { MockActivityEnvironment } from '@temporalio/testing';
import type { FetchResult } from '../activities/fetch/fetchActivities.ts';
import { fetchRange } from '../activities/fetch/fetchRange.ts';
import { migrate } from '../db/migrate.ts';
import { createPool, transaction, type Pool } from '../db/pool.ts';
import { createScmRegistry } from '../infra/scm/registry.ts';
import { SecretBox } from '../infra/secretBox.ts';
import { embeddedPostgres, ensureDatabase, postgresUrl } from '../scripts/embedded/postgres.ts';
import { choosePort } from '../scripts/process/ports.ts';
import { startProgram } from '../scripts/process/startProgram.ts';
import { serveGit } from '../test/support/gitHttp.ts';
import { FILES_PER_COMMIT, git, makeBigRepository } from './bigRepository.ts';

const run = promisify(execFile);
const [commits = 50_000, range = 5_000] = process.argv.slice(2).map(Number);
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 5);

const root = await mkdtemp(join(tmpdir(), 'slipway-bench-fetch-'));
// Where this runs as root, Postgres runs as another user and passes through.
await chmod(root, 0o711);
const server = { port: await choosePort([]), password: 'bench' };
const postgres = await startProgram(
  await embeddedPostgres({
    ...server,
    dataDir: join(root, 'postgres'),
    durable: false,
    tell: console.error,
  }),
  join(root, 'postgres.log'),
);
try {
  await ensureDatabase(postgresUrl(server, 'postgres'), 'slipway');
  const databaseUrl = postgresUrl(server, 'slipway');
  await migrate(databaseUrl);
  const pool = createPool({
    databaseUrl,
    applicationName: 'slipway-bench',
    max: 4,
    statementTimeoutMs: 60_000,
    onError: () => undefined,
  });
  await bench(pool);
  await pool.end();
} finally {
  await postgres.stop();
  await rm(root, { recursive: true, force: true });
}

async function bench(pool: Pool): Promise<void> {
  const source = join(root, 'source.git');
  makeBigRepository(source, commits);
  git(source, ['config', 'uploadpack.allowFilter', 'true']);
  const [head, base] = [
    git(source, ['rev-parse', 'main']),
    git(source, ['rev-parse', `main~${range}`]),
  ];
  const http = await serveGit(root);
  const url = `${http.url}/source.git`;
  const ends = { url, base, head };
  const cold = await timed(() => fetch(pool, { ...ends, folder: 'cold' }));
  await fetch(pool, { ...ends, folder: 'warm' });
  const times: Record<'log' | 'inserts' | 'fetch', number[]> = { log: [], inserts: [], fetch: [] };
  for (let round = 0; round < ROUNDS; round += 1) {
    let log = '';
    times.log.push(await timed(() => (log = readLog(source, base, head))));
    const rows = toRows(log);
    times.inserts.push(await timed(() => insertBare(pool, rows)));
    times.fetch.push(await timed(() => fetch(pool, { ...ends, folder: 'warm' })));
  }
  // Not `git`: that waits in this process, which has to serve what is cloned.
  const cloneArgs = ['clone', '-q', '--bare', '--filter=blob:none', url, join(root, 'clone.git')];
  const clone = await timed(() => run('git', cloneArgs));
  await http.close();
  const [log, inserts, warm] = [median(times.log), median(times.inserts), median(times.fetch)];
  const reference = log + inserts;
  const row = (ms: number, of: number) => ({ ms: Math.round(ms), ratio: +(ms / of).toFixed(2) });
  console.log(
    `${range} commits with up to ${FILES_PER_COMMIT} files each, of ${commits}; median of ${ROUNDS}`,
  );
  console.table({
    'git log': row(log, reference),
    'bare inserts': row(inserts, reference),
    'git log + bare inserts (reference)': row(reference, reference),
    'fetch, mirror at hand': row(warm, reference),
    'git clone + git log + bare inserts (reference)': row(clone + reference, clone + reference),
    'fetch, first of its repository': row(cold, clone + reference),
  });
}

/** The activity as the worker runs it, for a new organization: nothing is stored yet. */
async function fetch(
  pool: Pool,
  { url, base, head, folder }: { url: string; base: string; head: string; folder: string },
): Promise<void> {
  const slug = randomUUID().slice(0, 12);
  const operationId = randomUUID();
  const { rows } = await pool.query<{ release: string; repository: string }>(
    `with org as (insert into organization (slug, name) values ($1, $1) returning id),
          repo as (insert into repository (organization_id, name, provider, url)
                   select id, 'acme/web', 'git', $2 from org returning id),
          rel as (insert into release (organization_id, version) select id, '1.0' from org returning id)
     insert into release_sync (release_id, repository_id, operation_id, head, previous_head)
     select rel.id, repo.id, $3, $4, $5 from rel, repo
     returning release_id as release, repository_id as repository`,
    [slug, url, operationId, head, base],
  );
  const { release, repository } = rows[0]!;
  const deps = {
    pool,
    scm: createScmRegistry({
      git: { folder: join(root, folder) },
      policy: { allowPrivate: true, allowFile: false },
    }),
    secrets: new SecretBox('a secret for the benchmark'),
    instanceHost: 'slipway.test',
  };
  const target = { releaseId: release, repositoryId: repository, operationId };
  const activity = new MockActivityEnvironment();
  const result = await activity.run<[], FetchResult, () => Promise<FetchResult>>(() =>
    fetchRange(deps, target),
  );
  const { rowCount } = await pool.query('select from commit where repository_id = $1', [
    repository,
  ]);
  if (result.state !== 'fetched' || rowCount !== range) {
    throw new Error(`${result.state} with ${rowCount} commits instead of ${range}`);
  }
}

type Rows = Readonly<{
  commits: string[][];
  files: [commit: number, path: string, type: string][];
}>;

function readLog(source: string, base: string, head: string): string {
  const format = '--format=%x01%H%x00%an%x00%ae%x00%aI%x00%B%x00';
  return git(source, ['log', '--name-status', '--no-renames', format, `${base}..${head}`]);
}

function toRows(log: string): Rows {
  const rows: Rows = { commits: [], files: [] };
  for (const entry of log.split('\u0001').slice(1)) {
    const [sha = '', name = '', email = '', date = '', message = '', files = ''] =
      entry.split('\0');
    for (const line of files.split('\n').filter((text) => text !== '')) {
      const [type = '', path = ''] = line.split('\t');
      rows.files.push([rows.commits.length, path, type]);
    }
    rows.commits.push([sha, name, email, date, message]);
  }
  return rows;
}

/** What the fetch stores, with nothing known, nothing checked and one transaction: five statements. */
async function insertBare(pool: Pool, { commits: list, files }: Rows): Promise<void> {
  const column = (index: number): string[] => list.map((row) => row[index] ?? '');
  await transaction(pool, async (tx) => {
    const { rows: made } = await tx.query<{ organization: string; repository: string }>(
      `with org as (insert into organization (slug, name) values ($1, $1) returning id)
       insert into repository (organization_id, name) select id, 'acme/web' from org
       returning organization_id as organization, id as repository`,
      [randomUUID().slice(0, 12)],
    );
    const { organization, repository } = made[0]!;
    await tx.query(
      `insert into commit_author (organization_id, email, name)
       select distinct on (email) $1::bigint, email, name from unnest($2::text[], $3::text[]) as given (email, name)`,
      [organization, column(2), column(1)],
    );
    const { rows } = await tx.query<{ id: string }>(
      `insert into commit (organization_id, repository_id, key, author_id, message, date_added)
       select $1::bigint, $2, given.key, commit_author.id, given.message, given.date
         from unnest($3::text[], $4::text[], $5::text[], $6::timestamptz[]) with ordinality
              as given (key, email, message, date, position)
         join commit_author on commit_author.organization_id = $1 and commit_author.email = given.email
        order by given.position
       returning id`,
      [organization, repository, column(0), column(2), column(4), column(3)],
    );
    await tx.query(
      `insert into commit_file_change (commit_id, filename, type)
       select * from unnest($1::bigint[], $2::text[], $3::"char"[])`,
      [
        files.map(([commit]) => rows[commit]!.id),
        files.map(([, path]) => path),
        files.map(([, , type]) => type),
      ],
    );
    await tx.query(
      `with made as (insert into commit_range (repository_id, base, head) values ($1, 'base', 'head') returning id)
       insert into commit_range_commit (range_id, position, commit_id)
       select made.id, position - 1, commit_id
         from made, unnest($2::bigint[]) with ordinality as given (commit_id, position)`,
      [repository, rows.map(({ id }) => id)],
    );
  });
}

async function timed(work: () => unknown): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

function median(times: number[]): number {
  return times.sort((a, b) => a - b)[times.length >> 1]!;
}
