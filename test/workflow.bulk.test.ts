import { expect, test } from 'vitest';
import type { CommitInput } from '../domain/commitList.ts';
import { planRuns, type PendingOperation } from '../domain/operation.ts';
import { activityAttempt, eventually, useActorBench } from './support/actor.ts';

/**
 * Big commit lists:
 *   1. 5,000 commits with three files each in one PUT
 *   2. a worker that dies in the middle: the next attempt goes on at the heartbeat's cursor, and the list is whole
 *   3. an attempt that was given up writes nothing once its operation has moved on
 *   4. a big list is alone in its activity, and small ones around it still share theirs
 */
const bench = useActorBench({ SLIPWAY_WRITE_WAIT_MS: '20000' });
const releases = '/api/0/organizations/acme/releases/';

function manyCommits(count: number, mark: string, files = 3): CommitInput[] {
  return Array.from({ length: count }, (_, index) => ({
    id: `${mark}${index.toString(16)}`.padStart(40, '0'),
    repository: 'acme/web',
    message: `${mark} commit ${index}`,
    author_name: 'Ana',
    author_email: 'ana@acme.test',
    patch_set: Array.from({ length: files }, (__, file) => ({
      path: `src/${index}/${file}.ts`,
      type: 'M' as const,
    })),
  }));
}

type Cursor = Readonly<{ operationId: string; stored: number }>;

const create = (version: string) =>
  bench.slipway.call('POST', releases, { body: { version, projects: ['web'] } });
const put = (version: string, commits: CommitInput[]) =>
  bench.slipway.call('PUT', `${releases}${version}/`, { body: { commits } });

async function storedCommits(mark: string): Promise<number> {
  const { rows } = await bench.slipway.pool.query<{ count: number }>(
    'select count(*)::int as count from commit where message like $1',
    [`${mark} %`],
  );
  return rows[0]!.count;
}

/** Stores a list as an operation of its own, for attempts that the test makes by hand. */
async function storeList(version: string, commits: CommitInput[]) {
  const operation = bench.operation(version, 'commits');
  return bench.store({ ...operation, size: commits.length, body: { setCommits: { commits } } });
}

test('5,000 commits with three files each arrive in one PUT', async () => {
  await bench.startWorker();
  await create('big');
  const answer = await put('big', manyCommits(5_000, 'aa'));
  expect(answer.status, answer.text).toBe(200);
  expect(answer.body).toMatchObject({ commitCount: 5_000, authors: [{ email: 'ana@acme.test' }] });
  expect(await bench.release('big')).toMatchObject({ commits: 5_000, applied_revision: 2 });
  const files = await bench.slipway.pool.query(
    `select count(*)::int as count from commit_file_change join commit on commit.id = commit_id
      where message like 'aa %'`,
  );
  expect(files.rows).toEqual([{ count: 15_000 }]);
  const { events } = await bench.handle('big').fetchHistory();
  const scheduled = events?.flatMap((event) => event.activityTaskScheduledEventAttributes ?? []);
  expect(scheduled?.map(({ activityType }) => activityType?.name)).toEqual(['setCommits']);
});

test('an attempt goes on where the heartbeat of the one before it stood', async () => {
  await bench.startWorker();
  await create('resumed');
  await bench.stopWorkers();
  const commits = manyCommits(3_500, 'bb', 1);
  const input = await storeList('resumed', commits);
  const pool = bench.pool();
  const { setCommits } = bench.activities(pool);

  // The first attempt dies after two chunks: its connection goes away, as with the worker.
  const cursors: Cursor[] = [];
  const first = activityAttempt({ isLocal: false });
  const dying = bench.pool();
  first.on('heartbeat', (cursor: Cursor) => {
    cursors.push(cursor);
    if (cursors.length === 2)
      void dying.query(
        'select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1 and pid <> pg_backend_pid()',
        ['slipway-test-worker'],
      );
  });
  await expect(first.run(setCommits, input)).rejects.toThrow();
  await dying.end();
  const cursor = cursors.at(-1)!;
  expect(cursor).toMatchObject({ operationId: input.operationIds[0] });
  expect(await bench.release('resumed')).toMatchObject({ commits: 0 });

  const later: Cursor[] = [];
  const second = activityAttempt({
    isLocal: false,
    attempt: 2,
    heartbeatDetails: cursor,
  });
  second.on('heartbeat', (reached: Cursor) => later.push(reached));
  expect(await second.run(setCommits, input)).toEqual({ applied: 1 });
  await pool.end();
  expect(later[0]!.stored).toBe(cursor.stored + 1_000);
  expect(await bench.release('resumed')).toMatchObject({ commits: 3_500 });
});

test('a list whose worker is shut down in mid-list is finished by the next worker', async () => {
  const reached = Promise.withResolvers<null>();
  const lost = Promise.withResolvers<null>();
  let attempts = 0;
  const first = await bench.startWorker({
    failpoints: (activities) => ({
      setCommits: async (input) => {
        attempts += 1;
        if (attempts > 1) return activities.setCommits(input);
        reached.resolve(null);
        await lost.promise;
        throw new Error('the worker went away');
      },
    }),
  });
  await create('handed-over');
  const answer = put('handed-over', manyCommits(2_500, 'cc', 1));
  await reached.promise;
  lost.resolve(null);
  await first.stop();
  await bench.startWorker();
  expect((await answer).status).toBe(200);
  expect(await bench.release('handed-over')).toMatchObject({ commits: 2_500, applied_revision: 2 });
});

test('an attempt that was given up brings no old texts back', async () => {
  await bench.startWorker();
  await create('late');
  await bench.stopWorkers();
  const pool = bench.pool();
  const { setCommits } = bench.activities(pool);
  const old = await storeList('late', manyCommits(2_500, 'dd', 0));
  const run = (input: typeof old) => activityAttempt({ isLocal: false }).run(setCommits, input);

  // The late attempt has read its body and waits for the first chunk while its successor does the whole work.
  const client = await bench.slipway.pool.connect();
  await client.query('begin');
  await client.query('select from operation where id = any($1::uuid[]) for update', [
    old.operationIds,
  ]);
  const late = run(old);
  await eventually(async () => {
    const { rows } = await bench.slipway.pool.query(
      `select from pg_stat_activity where wait_event_type = 'Lock' and query like '%holdOperation%'`,
    );
    return rows.length > 0 ? true : undefined;
  });
  await client.query(
    `update operation set status = 'done', next_step = 1 where id = any($1::uuid[])`,
    [old.operationIds],
  );
  await client.query('commit');
  client.release();
  expect(await late).toEqual({ applied: 0 });
  await pool.end();
  expect(await storedCommits('dd')).toBe(0);
});

test('a big list is alone in its activity; neighbours share theirs up to the size of one', () => {
  const operation = (id: string, size: number, steps: PendingOperation['steps']) => ({
    id,
    size,
    steps,
  });
  const runs = planRuns(
    [
      operation('a', 400, ['createRelease', 'setCommits']),
      operation('b', 500, ['setCommits']),
      operation('c', 200, ['setCommits']),
      operation('d', 5_000, ['setCommits']),
      operation('e', 1, ['setCommits', 'setRefs']),
      operation('f', 0, ['setRefs']),
    ],
    1_000,
  );
  expect(runs).toEqual([
    { step: 'createRelease', operationIds: ['a'], size: 0 },
    { step: 'setCommits', operationIds: ['a', 'b'], size: 900 },
    { step: 'setCommits', operationIds: ['c'], size: 200 },
    { step: 'setCommits', operationIds: ['d'], size: 5_000 },
    { step: 'setCommits', operationIds: ['e'], size: 1 },
    { step: 'setRefs', operationIds: ['e', 'f'], size: 0 },
  ]);
});
