import { createHmac } from 'node:crypto';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { storeFetchSettings } from '../db/hooks/fetchSettings.ts';
import { fetchOptions } from '../domain/fetchOptions.ts';
import { SecretBox } from '../infra/secretBox.ts';
import { TEST_SECRET, useSlipway, type ApiAnswer } from './support/slipway.ts';
import { createTenant, type Tenant } from './support/tenant.ts';

/** An issue that is closed or reopened at GitHub: what becomes of ours, and what does not (groups-projects-orgs 1.10). */
const slipway = useSlipway({ worker: false, environment: { SLIPWAY_SECRET: TEST_SECRET } });
const SECRET = 'a-github-secret-for-tests';
let other: Tenant;
let number = 0;
let groupId: string;

beforeAll(async () => {
  other = await createTenant(slipway.pool, 'other');
  const sealed = new SecretBox(TEST_SECRET).seal(SECRET).toString('base64');
  for (const { organizationId } of [slipway.tenant, other]) {
    const settings = new Map([[fetchOptions.githubWebhookSecret.key, sealed]]);
    await storeFetchSettings(slipway.pool, organizationId, settings);
  }
});

beforeEach(async () => {
  groupId = await createGroup();
  await link(groupId);
});

async function createGroup(tenant = slipway.tenant): Promise<string> {
  number += 1;
  const { rows } = await slipway.pool.query(
    `insert into group_ (project_id, short_id, title, first_seen, last_seen, active_at, substatus)
     values ($1, $2, 'Error: broken', now(), now(), now(), 'new') returning id`,
    [tenant.web.id, number],
  );
  await slipway.pool.query('insert into group_inbox (group_id, project_id) values ($1, $2)', [
    rows[0].id,
    tenant.web.id,
  ]);
  return rows[0].id;
}

async function link(id: string, body: object = {}, tenant = slipway.tenant): Promise<void> {
  const answer = await slipway.call('POST', `/api/slipway/v1/issues/${id}/links`, {
    body: { provider: 'github', key: key(), url: 'https://github.com/x', ...body },
    token: tenant.ownerToken,
  });
  expect(answer.status, answer.text).toBe(201);
}

/** Each test has an issue of its own at GitHub. */
const key = (): string => `acme/web#${number}`;

type Delivery = Readonly<{
  id?: string;
  organization?: string;
  secret?: string;
  at?: string;
  issue?: object;
  repository?: string;
}>;

function deliver(action: string, delivery: Delivery = {}): Promise<ApiAnswer> {
  const { repository = 'acme/web', at = '2026-03-01T12:00:00Z' } = delivery;
  const raw = JSON.stringify({
    action,
    issue: { number, state: action === 'closed' ? 'closed' : 'open', updated_at: at },
    repository: { id: 4711, full_name: repository },
    sender: { login: 'zoe' },
    ...(delivery.issue === undefined ? {} : { issue: delivery.issue }),
  });
  const signature = createHmac('sha256', delivery.secret ?? SECRET)
    .update(raw)
    .digest('hex');
  return slipway.call('POST', `/api/slipway/v1/hooks/github/${delivery.organization ?? 'acme'}`, {
    token: null,
    raw,
    headers: {
      'X-GitHub-Event': 'issues',
      'X-GitHub-Delivery': delivery.id ?? crypto.randomUUID(),
      'X-Hub-Signature-256': `sha256=${signature}`,
    },
  });
}

async function set(status: string): Promise<void> {
  const answer = await slipway.call('PUT', `/api/0/issues/${groupId}/`, { body: { status } });
  expect(answer.status, answer.text).toBe(200);
}

async function stateOf(id = groupId): Promise<any> {
  const { rows } = await slipway.pool.query(
    `select status, substatus,
            exists (select from group_inbox where group_id = group_.id) as in_inbox,
            array(select status from group_history where group_id = group_.id order by id) as history,
            array(select type from activity where group_id = group_.id and type like 'set%' order by id) as activity,
            array(select external_issue.key
                    from outbox
                    join delivery on delivery.outbox_id = outbox.id
                    join external_issue on external_issue.id = delivery.external_issue_id
                   where outbox.payload ->> 'issueId' = group_.id::text
                   order by outbox.date_added) as told
       from group_ where id = $1`,
    [id],
  );
  return rows[0];
}

const resolved = {
  status: 'resolved',
  substatus: null,
  in_inbox: false,
  history: ['resolved'],
  activity: ['set_resolved'],
  told: [],
};

describe('an issue that is closed at GitHub', () => {
  test('resolves ours, with who said so, and GitHub is not told', async () => {
    expect(await deliver('closed', { repository: 'ACME/Web' })).toMatchObject({
      status: 200,
      body: { detail: 'Stored.', linked: 1, changed: 1 },
    });
    expect(await stateOf()).toEqual(resolved);
    const { body } = await slipway.call('GET', `/api/0/issues/${groupId}/`);
    expect(body.activity[0]).toMatchObject({
      type: 'set_resolved',
      user: null,
      data: { provider: 'GitHub', label: `ACME/Web#${number}` },
    });
  });

  test('is the same news however often it is delivered, also at the same time', async () => {
    const id = crypto.randomUUID();
    const answers = await Promise.all(Array.from({ length: 10 }, () => deliver('closed', { id })));
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200));
    expect(answers.filter(({ body }) => body.detail === 'Stored.')).toHaveLength(1);
    await set('unresolved');
    expect((await deliver('closed', { id })).body).toEqual({
      detail: 'This delivery was stored before.',
    });
    expect(await stateOf()).toMatchObject({
      status: 'unresolved',
      activity: ['set_resolved', 'set_unresolved'],
    });
  });

  test('resolves all that are linked, in any letter case, and the other trackers hear of it', async () => {
    const second = await slipway.pool.query(
      `insert into group_ (project_id, short_id, title, first_seen, last_seen, active_at, substatus)
       values ($1, $2, 'Error: too', now(), now(), now(), 'new') returning id`,
      [slipway.tenant.api.id, number],
    );
    const { id } = second.rows[0];
    await link(id, { key: `Acme/WEB#${number}` });
    await link(id, { key: `acme/elsewhere#${number}` });
    expect((await deliver('closed')).body).toMatchObject({ linked: 2, changed: 2 });
    expect(await stateOf()).toEqual(resolved);
    expect(await stateOf(id)).toEqual({ ...resolved, told: [`acme/elsewhere#${number}`] });
  });
});

describe('an issue that is reopened at GitHub', () => {
  test('reopens ours, its resolution goes, and GitHub is not told', async () => {
    await deliver('closed');
    expect((await deliver('reopened')).body).toMatchObject({ linked: 1, changed: 1 });
    expect(await stateOf()).toMatchObject({
      status: 'unresolved',
      substatus: 'ongoing',
      history: ['resolved', 'unresolved'],
      activity: ['set_resolved', 'set_unresolved'],
      told: [],
    });
  });

  test('does not wake one that is ignored', async () => {
    await set('ignored');
    expect((await deliver('reopened')).body).toMatchObject({ linked: 1, changed: 0 });
    expect(await stateOf()).toMatchObject({ status: 'ignored' });
  });
});

describe('nothing changes', () => {
  test('when GitHub says what we told it', async () => {
    await set('resolved');
    const before = await stateOf();
    expect((await deliver('closed')).body).toMatchObject({ linked: 1, changed: 0 });
    expect(await stateOf()).toEqual(before);
    expect(before.told).toEqual([key()]);
  });

  describe('when what we told GitHub comes back late', () => {
    const later = (seconds: number): string =>
      new Date(Date.now() + seconds * 1_000).toISOString().replace(/\.\d+/, '');

    test('after the issue regressed: the echo of its resolution does not resolve it again', async () => {
      await set('resolved');
      await regress();
      expect((await deliver('closed', { at: later(0) })).body).toMatchObject({
        linked: 1,
        changed: 0,
      });
      expect(await stateOf()).toMatchObject({ status: 'unresolved', substatus: 'regressed' });
    });

    test('after retries: the echo is dated like the attempt that came through', async () => {
      await set('resolved');
      await slipway.pool.query(
        `with told as (
           update outbox set date_added = now() - interval '2 hours'
            where payload ->> 'issueId' = $1 returning id)
         update delivery set state = 'delivered', attempts = 9, date_finished = now() - interval '1 hour'
           from told where delivery.outbox_id = told.id`,
        [groupId],
      );
      await regress();
      expect((await deliver('closed', { at: later(-3_605) })).body).toMatchObject({ changed: 0 });
      expect(await stateOf()).toMatchObject({ status: 'unresolved' });
    });

    test('after the issue was resolved again: the echo of its reopening does not reopen it', async () => {
      await set('resolved');
      await set('unresolved');
      await set('resolved');
      expect((await deliver('reopened', { at: later(0) })).body).toMatchObject({ changed: 0 });
      expect(await stateOf()).toMatchObject({ status: 'resolved' });
    });

    test('but somebody who closes it later is heard', async () => {
      await set('resolved');
      await regress();
      expect((await deliver('closed', { at: later(90) })).body).toMatchObject({ changed: 1 });
      expect(await stateOf()).toMatchObject({ status: 'resolved' });
    });

    test('and others that are linked to the same issue follow, as they were not asked', async () => {
      const second = await createGroup();
      number -= 1;
      await link(second);
      await set('resolved');
      await regress();
      expect((await deliver('closed', { at: later(0) })).body).toMatchObject({
        linked: 2,
        changed: 1,
      });
      expect(await stateOf()).toMatchObject({ status: 'unresolved' });
      expect(await stateOf(second)).toMatchObject({ status: 'resolved' });
      number += 1;
    });

    const regress = () =>
      slipway.pool.query(
        "update group_ set status = 'unresolved', substatus = 'regressed' where id = $1",
        [groupId],
      );
  });

  test('by older news that comes after newer ones', async () => {
    await deliver('closed', { at: '2026-03-01T12:00:00Z' });
    await deliver('reopened', { at: '2026-03-01T12:05:00+00:00' });
    expect(await deliver('closed', { at: '2026-03-01T12:00:00Z' })).toMatchObject({ status: 202 });
    expect(await stateOf()).toMatchObject({ status: 'unresolved' });
  });

  test.each<[string, string, Delivery]>([
    ['another action', 'labeled', {}],
    ['a deleted issue', 'deleted', {}],
    ['another issue', 'closed', { issue: { number: 99_999, updated_at: '2026-03-01T12:00:00Z' } }],
    ['another repository', 'closed', { repository: 'acme/web2' }],
    ['another organization', 'closed', { organization: 'other' }],
  ])('by %s', async (_, action, delivery) => {
    const answer = await deliver(action, delivery);
    expect(answer).toMatchObject({ status: 202, body: { detail: expect.any(String) } });
    expect(await stateOf()).toMatchObject({ status: 'unresolved', in_inbox: true, activity: [] });
  });

  test('where the link is not to follow', async () => {
    const id = await createGroup();
    await link(id, { syncStatus: false });
    expect((await deliver('closed')).status).toBe(202);
    expect(await stateOf(id)).toMatchObject({ status: 'unresolved' });
  });

  test('in an organization that is linked to the same issue and was not told', async () => {
    const theirs = await createGroup(other);
    number -= 1;
    await link(theirs, {}, other);
    await deliver('closed');
    expect(await stateOf()).toEqual(resolved);
    expect(await stateOf(theirs)).toMatchObject({ status: 'unresolved' });
    number += 1;
  });
});

test.each<[number, string, Delivery, RegExp]>([
  [401, 'another secret', { secret: 'another-secret-for-tests' }, /not signed/],
  [400, 'no issue', { issue: [] }, /no issues of GitHub: look at issue/],
  [400, 'no number', { issue: { number: '7', updated_at: '2026-03-01' } }, /issue\.number/],
  [400, 'no date', { issue: { number: 7 } }, /issue\.updated_at/],
  [400, 'a date that is none', { issue: { number: 7, updated_at: '2026-02-30' } }, /updated_at/],
])('%i for %s', async (status, _, delivery, detail) => {
  expect(await deliver('closed', delivery)).toMatchObject({
    status,
    body: { detail: expect.stringMatching(detail) },
  });
  expect(await stateOf()).toMatchObject({ status: 'unresolved' });
});
