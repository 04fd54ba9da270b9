import { describe, expect, test } from 'vitest';
import { createTenant } from './support/tenant.ts';
import { useSlipway, type ApiAnswer } from './support/slipway.ts';

/** Pull requests of hosts whose webhooks nobody knows, and the issues that they resolve. */
const slipway = useSlipway();
const path = '/api/slipway/v1/pull-requests';

function send(body: object, token?: string): Promise<ApiAnswer> {
  return slipway.call('POST', path, {
    body: { organization: 'acme', repository: 'acme/web', ...body },
    ...(token === undefined ? {} : { token }),
  });
}

let shortId = 0;
async function createGroup(organization = slipway.tenant): Promise<{ id: string; name: string }> {
  const { rows } = await slipway.pool.query(
    `insert into group_ (project_id, short_id, title, first_seen, last_seen, active_at)
     values ($1, $2, 'Boom', now(), now(), now()) returning id`,
    [organization.web.id, ++shortId],
  );
  return { id: rows[0].id, name: `WEB-${shortId}` };
}

async function stateOf(groupId: string): Promise<any> {
  const { rows } = await slipway.pool.query(
    `select status,
            (select count(*)::int from group_link where group_id = group_.id) as links,
            (select release.version from group_resolution join release on release.id = release_id
              where group_id = group_.id) as fixed_in,
            array(select status from group_history where group_id = group_.id order by id) as history,
            array(select type from activity where group_id = group_.id order by id) as activity,
            (select user_id from group_assignee where group_id = group_.id) as assignee
       from group_ where id = $1`,
    [groupId],
  );
  return rows[0];
}

test('a pull request is created, then updated in what is sent', async () => {
  const created = await send({
    key: 7,
    title: 'Carts',
    message: 'better ones',
    author: { name: 'Zoë', email: 'Zoe@acme.test' },
    state: 'open',
  });
  expect(created, created.text).toMatchObject({
    status: 201,
    body: {
      id: '7',
      repository: 'acme/web',
      title: 'Carts',
      message: 'better ones',
      mergeCommitSha: null,
      state: 'open',
      dateCreated: expect.stringMatching(/^\d{4}-.*Z$/),
    },
  });
  const merged = await send({ key: '7', state: 'merged', mergeCommitSha: 'a'.repeat(40) });
  expect(merged).toMatchObject({
    status: 200,
    body: { ...created.body, state: 'merged', mergeCommitSha: 'a'.repeat(40) },
  });
  const { rows } = await slipway.pool.query(
    `select email, commit_author.name, repository.name as repository
       from pull_request join commit_author on commit_author.id = author_id
       join repository on repository.id = repository_id`,
  );
  expect(rows).toEqual([{ email: 'zoe@acme.test', name: 'Zoë', repository: 'acme/web' }]);
});

describe('an issue', () => {
  test('that a pull request names is linked and given to its author, and closed by the release with the merge', async () => {
    const group = await createGroup();
    await slipway.pool.query(
      `insert into user_email (user_id, email, is_primary, is_verified) values ($1, 'owner@acme.test', false, true)`,
      [slipway.tenant.ownerId],
    );
    const pullRequest = {
      key: '20',
      title: 'Carts',
      message: `Fixes ${group.name}`,
      author: { email: 'OWNER@acme.test' },
      mergeCommitSha: 'b'.repeat(40),
    };
    for (const status of [201, 200]) expect((await send(pullRequest)).status).toBe(status);
    const linked = {
      status: 'unresolved',
      links: 1,
      history: ['resolved_in_pull_request', 'assigned'],
      activity: ['set_resolved_in_pull_request', 'assigned'],
      assignee: slipway.tenant.ownerId,
    };
    expect(await stateOf(group.id)).toMatchObject(linked);

    const release = await slipway.call('POST', '/api/0/organizations/acme/releases/', {
      body: {
        version: '1.0',
        projects: ['web'],
        commits: [{ id: 'b'.repeat(40), repository: 'acme/web', message: 'Merge #20' }],
      },
    });
    expect(release.status, release.text).toBe(201);
    expect(await stateOf(group.id)).toMatchObject({ status: 'resolved', fixed_in: '1.0' });
    const { body } = await slipway.call('GET', `/api/0/organizations/acme/issues/${group.id}/`);
    const merged = {
      id: 'b'.repeat(40),
      pullRequest: {
        id: '20',
        title: 'Carts',
        repository: { name: 'acme/web' },
        author: { id: slipway.tenant.ownerId },
      },
    };
    expect(body.activity[0]).toMatchObject({
      type: 'set_resolved_in_release',
      data: { version: '1.0', commit: merged },
    });
    const commits = await slipway.call('GET', '/api/0/organizations/acme/releases/1.0/commits/');
    expect(commits.body).toMatchObject([merged]);
    expect(release.body.lastCommit).toMatchObject(merged);
  });

  test('hears when its pull request is closed, reopened or merged, and whether another one is at work', async () => {
    const group = await createGroup();
    const message = `Fixes ${group.name}`;
    for (const [key, state] of [
      ['40', null],
      ['41', 'merged'],
      ['40', 'locked'],
      ['40', 'closed'],
      ['40', 'superseded'],
      ['42', 'open'],
      ['40', 'open'],
      ['40', 'merged'],
    ]) {
      const answer = await send({ key, message, ...(state === null ? {} : { state }) });
      expect(answer.status, answer.text).toBeLessThan(300);
    }
    const { body } = await slipway.call('GET', `/api/0/organizations/acme/issues/${group.id}/`);
    const told = body.activity
      .filter(({ type }: any) => type.startsWith('pull_request_'))
      .map(({ type, data }: any) => [type, data.pullRequest.id, data.has_other_open_prs]);
    expect(told).toEqual([
      ['pull_request_merged', '40', true],
      ['pull_request_reopened', '40', true],
      ['pull_request_closed', '40', false],
    ]);
  });

  test('is given to the author once, and told only when that changes something', async () => {
    const group = await createGroup();
    for (const key of ['30', '31']) {
      await send({ key, message: `Fixes ${group.name}`, author: { email: 'owner@acme.test' } });
    }
    expect(await stateOf(group.id)).toMatchObject({
      links: 2,
      activity: ['set_resolved_in_pull_request', 'assigned', 'set_resolved_in_pull_request'],
    });
  });

  test('that it names no longer is let go, and those of others are out of reach', async () => {
    const [first, second] = [await createGroup(), await createGroup()];
    const other = await createTenant(slipway.pool, 'other');
    await slipway.pool.query(`update project set slug = 'theirs' where id = $1`, [other.web.id]);
    const foreign = await createGroup(other);
    const message = `Fixes ${first.name}, THEIRS-${shortId} and NOPE-1`;
    await send({ key: '21', title: `Closes ${second.name}`, message });
    for (const [group, links] of [
      [first, 1],
      [second, 1],
      [foreign, 0],
    ] as const) {
      expect((await stateOf(group.id)).links).toBe(links);
    }
    await send({ key: '21', message: 'nothing any more' });
    expect((await stateOf(first.id)).links).toBe(0);
    expect((await stateOf(second.id)).links).toBe(1);
  });
});

test.each([
  [{}, { key: ['This field is required.'] }],
  [{ key: 'x'.repeat(65) }, { key: [expect.stringContaining('64')] }],
  [{ key: '1', state: 'merging' }, { state: [expect.stringContaining('merged')] }],
  [{ key: '1', mergeCommitSha: 'a'.repeat(65) }, { mergeCommitSha: [expect.any(String)] }],
  [{ key: '1', organization: '' }, { organization: ['This field may not be blank.'] }],
])('400 says what is wrong with %j', async (body, errors) => {
  expect(await send(body)).toMatchObject({ status: 400, body: errors });
});

test('404 and 403 are the answers to those of other organizations', async () => {
  const other = await createTenant(slipway.pool, 'outside');
  expect((await send({ key: '1' }, other.ownerToken)).status).toBe(404);
  expect((await send({ key: '1' }, other.organizationToken)).status).toBe(403);
  expect((await send({ key: '1', organization: 'nope' })).status).toBe(404);
});
