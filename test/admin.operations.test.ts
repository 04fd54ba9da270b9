import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it, test } from 'vitest';
import { createOrganization } from '../db/organizations.ts';
import { claimOperations } from '../db/operations/claimOperations.ts';
import { finishStep } from '../db/operations/finishStep.ts';
import { readMailboxPage } from '../db/operations/readMailboxPage.ts';
import { transaction } from '../db/pool.ts';
import type { ReleaseStep } from '../domain/operation.ts';
import { cloneDatabase } from './support/database.ts';
import { testPool } from './support/pool.ts';
import { runAdmin, type AdminRun } from './support/runAdmin.ts';

const database = cloneDatabase();
const db = testPool(database.url);
let organizationId: string;

beforeAll(async () => {
  organizationId = (await createOrganization(db.pool, { slug: 'acme', name: 'Acme' }))!.id;
});

const run = (line: string): Promise<AdminRun> =>
  runAdmin(line.split(' '), { DATABASE_URL: database.url });

async function operations(line = 'ops list --json'): Promise<any[]> {
  return JSON.parse((await run(line)).stdout).operations;
}

/** Straight into the mailbox: these tests are about what comes after. */
async function submit(version: string, steps: readonly ReleaseStep[]): Promise<string> {
  const id = randomUUID();
  await db.pool.query(
    `insert into operation (id, organization_id, release_version, kind, steps, body, body_hash, actor)
     values ($1, $2, $3, 'updateRelease', $4, '{}', '', '{}')`,
    [id, organizationId, version, steps],
  );
  return id;
}

/** Ends the next step of an operation as the release actor does. */
async function finish(id: string, step: ReleaseStep, status: 'done' | 'pending' | 'failed') {
  await transaction(db.pool, async (tx) => {
    expect(await claimOperations(tx, [id], step)).toHaveLength(1);
    const outcome =
      status === 'failed'
        ? ({ status: 400, error: { refs: ['Invalid repository names: x'] } } as const)
        : ({ status: 200, releaseId: '1' } as const);
    await finishStep(tx, [{ id, status, outcome }]);
  });
}

describe('ops list', () => {
  it('shows what waits and what has failed, the newest first, and what is done only when asked', async () => {
    const waiting = await submit('list@1', ['updateRelease']);
    const failed = await submit('list@2', ['updateRelease']);
    const done = await submit('list@3', ['updateRelease']);
    await finish(failed, 'updateRelease', 'failed');
    await finish(done, 'updateRelease', 'done');

    const listed = await operations();
    expect(listed.map(({ id }) => id)).toEqual([failed, waiting]);
    expect(listed[0]).toMatchObject({
      kind: 'updateRelease',
      organization: 'acme',
      release: 'list@2',
      status: 'failed',
      attempts: 1,
      lastError: null,
      error: { refs: ['Invalid repository names: x'] },
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/),
      ageSeconds: expect.any(Number),
    });
    expect((await operations('ops list --status done --json')).map(({ id }) => id)).toEqual([done]);
    expect(await operations('ops list --limit 1 --json')).toHaveLength(1);

    const { stdout } = await run('ops list');
    const [line] = stdout.split('\n');
    expect(line).toContain(`${failed}  failed  updateRelease  acme/list@2  1 attempt  `);
    expect(line).toMatch(/\d+ s old {2}\{"refs":\["Invalid repository names: x"\]\}$/);
  });
});

describe('ops retry', () => {
  it('gives a failed operation another turn at the step that failed, and says when it comes', async () => {
    const release = { organizationId, version: 'retry@1' };
    const id = await submit(release.version, ['updateRelease', 'setRefs']);
    await finish(id, 'updateRelease', 'pending');
    await finish(id, 'setRefs', 'failed');
    expect((await readMailboxPage(db.pool, release, 10)).operations).toEqual([]);

    const { code, stdout } = await run(`ops retry ${id}`);
    expect(code).toBe(0);
    expect(stdout).toContain('is pending again. The worker picks it up within a minute.');
    expect((await readMailboxPage(db.pool, release, 10)).operations).toEqual([
      { id, steps: ['setRefs'], size: 0 },
    ]);
    await finish(id, 'setRefs', 'done');
  });

  it('leaves a pending operation as it is', async () => {
    const id = await submit('retry@2', ['updateRelease', 'setRefs']);
    await finish(id, 'updateRelease', 'pending');
    const { code, stdout } = await run(`ops retry ${id} --json`);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ id, status: 'pending', statusBefore: 'pending' });
    await finish(id, 'setRefs', 'done');
  });

  test.each([
    ['an operation that is done', true, 'is done; there is nothing to retry.'],
    ['an unknown one', false, 'There is no operation with the id'],
  ])('refuses %s', async (_what, exists, message) => {
    const id = exists ? await submit('retry@3', ['updateRelease']) : randomUUID();
    if (exists) await finish(id, 'updateRelease', 'done');
    const { code, stderr } = await run(`ops retry ${id}`);
    expect(code).toBe(1);
    expect(stderr).toContain(message);
  });
});
