import { beforeAll, describe, expect, test } from 'vitest';
import { useSlipway } from './support/slipway.ts';

/**
 * A release that contains the fix closes the issue (groups-projects-orgs 1.4, 1.6):
 * - references in messages link issues, and do not resolve by themselves
 * - a release with the commit resolves them, with resolution, history, activity and inbox
 * - the same list again resolves nothing again; a new reference does
 * - issues of projects that the release does not have stay open
 * - pull requests count by their merge commit
 * - authors are subscribed, and assigned where they want that
 */
const slipway = useSlipway();
const releases = '/api/0/organizations/acme/releases/';
let shortId = 0;

async function createGroup(project = slipway.tenant.web): Promise<{ id: string; name: string }> {
  const number = ++shortId;
  const { rows } = await slipway.pool.query(
    `insert into group_ (project_id, short_id, title, first_seen, last_seen, active_at, substatus)
     values ($1, $2, 'Boom', now(), now(), now(), 'new') returning id`,
    [project.id, number],
  );
  await slipway.pool.query('insert into group_inbox (group_id, project_id) values ($1, $2)', [
    rows[0].id,
    project.id,
  ]);
  return { id: rows[0].id, name: `${project.slug.toUpperCase()}-${base32(number)}` };
}

function base32(number: number): string {
  const digit = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'[number % 32]!;
  return number < 32 ? digit : base32(Math.floor(number / 32)) + digit;
}

let commitNumber = 0;
function commit(message: string, author = 'ana@else.test'): Record<string, unknown> {
  commitNumber += 1;
  return {
    id: String(commitNumber).padStart(40, 'c'),
    repository: 'acme/web',
    message,
    author_name: 'Ana',
    author_email: author,
  };
}

async function release(version: string, commits: unknown[], projects = ['web']): Promise<void> {
  const answer = await slipway.call('POST', releases, { body: { version, projects, commits } });
  expect([201, 208], answer.text).toContain(answer.status);
}

async function stateOf(groupId: string): Promise<any> {
  const { rows } = await slipway.pool.query(
    `select status, substatus, resolved_at is not null as has_date,
            (select release.version from group_resolution join release on release.id = release_id where group_id = group_.id) as fixed_in,
            (select count(*)::int from group_inbox where group_id = group_.id) as inbox,
            array(select status from group_history where group_id = group_.id order by id) as history,
            array(select type from activity where group_id = group_.id order by id) as activity,
            array(select user_id::text from group_subscription where group_id = group_.id) as subscribers,
            (select user_id::text from group_assignee where group_id = group_.id) as assignee
       from group_ where id = $1`,
    [groupId],
  );
  return rows[0];
}

const open = { status: 'unresolved', inbox: 1, history: [], fixed_in: null };

describe('a release with the fix', () => {
  test('resolves the issue in it, takes it out of the inbox and says so', async () => {
    const group = await createGroup();
    await release('1.0', [commit(`Fixes ${group.name}`)]);
    expect(await stateOf(group.id)).toMatchObject({
      status: 'resolved',
      substatus: null,
      has_date: true,
      fixed_in: '1.0',
      inbox: 0,
      history: ['resolved'],
      activity: ['referenced_in_commit', 'set_resolved_in_release'],
    });
    const { rows } = await slipway.pool.query(
      "select data from activity where group_id = $1 and type = 'set_resolved_in_release'",
      [group.id],
    );
    expect(rows[0].data).toEqual({ version: '1.0', commit: expect.stringMatching(/^\d+$/) });
  });

  test('sent again resolves nothing again, though the issue was reopened; a new fix does', async () => {
    const group = await createGroup();
    const fix = commit(`closes ${group.name}`);
    await release('2.0', [fix]);
    await slipway.pool.query(
      "update group_ set status = 'unresolved', substatus = 'regressed' where id = $1",
      [group.id],
    );
    await release('2.0', [fix]);
    expect(await stateOf(group.id)).toMatchObject({ status: 'unresolved', history: ['resolved'] });
    await release('2.0', [commit(`resolve: ${group.name} for good`), fix]);
    expect(await stateOf(group.id)).toMatchObject({
      status: 'resolved',
      history: ['resolved', 'resolved'],
      fixed_in: '2.0',
    });
  });

  test('resolves many issues of one message, and of many messages, at once', async () => {
    const groups = await Promise.all(Array.from({ length: 30 }, () => createGroup()));
    const [first, second, ...others] = groups;
    await release('3.0', [
      commit(`Fix ${first!.name}, ${second!.name} and nothing`),
      ...others.map((group) => commit(`fixes ${group.name}`)),
    ]);
    for (const group of groups) {
      expect(await stateOf(group.id)).toMatchObject({
        status: 'resolved',
        fixed_in: '3.0',
        history: ['resolved'],
      });
    }
  });

  test('leaves issues of projects alone that it does not have', async () => {
    const group = await createGroup(slipway.tenant.api);
    await release('4.0', [commit(`fixes ${group.name}`)]);
    expect(await stateOf(group.id)).toMatchObject(open);
    await release('4.0', [], ['web', 'api']);
    await release('4.0', [commit('something else'), commit(`fixes ${group.name}`)], ['api']);
    expect(await stateOf(group.id)).toMatchObject({ status: 'resolved', fixed_in: '4.0' });
  });

  test('counts a pull request by its merge commit', async () => {
    const group = await createGroup();
    const merge = commit('Merge pull request #7');
    const { rows } = await slipway.pool.query(
      `with repository as (insert into repository (organization_id, name) values ($1, 'acme/prs') returning id),
            pr as (insert into pull_request (organization_id, repository_id, key, merge_commit_sha)
                   select $1, id, '7', $2 from repository returning id)
       insert into group_link (group_id, project_id, linked_type, linked_id, relationship)
       select $3, $4, 'pull_request', pr.id, 'resolves' from pr returning id`,
      [slipway.tenant.organizationId, merge['id'], group.id, slipway.tenant.web.id],
    );
    expect(rows).toHaveLength(1);
    await release('5.0', [merge]);
    expect(await stateOf(group.id)).toMatchObject({
      status: 'resolved',
      fixed_in: '5.0',
      activity: ['set_resolved_in_release'],
    });
    const { rows: told } = await slipway.pool.query(
      `select commit.key from activity join commit on commit.id = (data ->> 'commit')::bigint
        where group_id = $1`,
      [group.id],
    );
    expect(told).toEqual([{ key: merge['id'] }]);
  });

  test('sent again leaves an issue alone that somebody resolved in one of its commits, and an event brought back', async () => {
    const group = await createGroup();
    const fix = commit('no reference');
    await release('5.1', [fix]);
    const inCommit = { commit: fix['id'], repository: 'acme/web' };
    const resolved = await slipway.call('PUT', `/api/0/organizations/acme/issues/${group.id}/`, {
      body: { status: 'resolved', statusDetails: { inCommit } },
    });
    expect(resolved.body.statusDetails).toMatchObject({ inRelease: '5.1' });
    await slipway.call('PUT', `/api/0/organizations/acme/issues/${group.id}/`, {
      body: { status: 'unresolved' },
    });
    const before = await stateOf(group.id);
    await release('5.1', [fix]);
    expect(await stateOf(group.id)).toEqual(before);
  });

  test('settles what somebody resolved in a commit that no release had yet', async () => {
    const group = await createGroup();
    const fix = commit('no reference');
    await release('5.2', [fix], ['api']);
    await slipway.pool.query('delete from release_commit using commit where commit.key = $1', [
      fix['id'],
    ]);
    const inCommit = { commit: fix['id'], repository: 'acme/web' };
    await slipway.call('PUT', `/api/0/organizations/acme/issues/${group.id}/`, {
      body: { status: 'resolved', statusDetails: { inCommit } },
    });
    expect(await stateOf(group.id)).toMatchObject({ status: 'resolved', fixed_in: null });
    await release('5.3', [fix]);
    expect(await stateOf(group.id)).toMatchObject({
      status: 'resolved',
      fixed_in: '5.3',
      activity: ['set_resolved_in_commit'],
      history: ['resolved_in_commit', 'resolved'],
    });
  });
});

describe('an issue that waits for the next release', () => {
  test('has it as soon as a newer one of its project is created', async () => {
    const group = await createGroup();
    await release('waits-1', []);
    await slipway.pool.query(
      `insert into group_resolution (group_id, release_id, type, status)
       select $1, id, 'in_next_release', 'pending' from release where version = 'waits-1'`,
      [group.id],
    );
    await release('waits-other-project', [], ['api']);
    expect((await stateOf(group.id)).fixed_in).toBe('waits-1');
    await release('waits-2', []);
    expect((await stateOf(group.id)).fixed_in).toBe('waits-2');
    const { rows } = await slipway.pool.query(
      'select type, status from group_resolution where group_id = $1',
      [group.id],
    );
    expect(rows).toEqual([{ type: 'in_release', status: 'resolved' }]);
  });
});

describe('a reference', () => {
  test('alone does not resolve: a commit that no release has yet only links', async () => {
    const group = await createGroup();
    const fix = commit(`fixes ${group.name}`);
    await release('6.0', [fix], ['api']);
    expect(await stateOf(group.id)).toMatchObject({ ...open, activity: ['referenced_in_commit'] });
  });

  test('that a changed message no longer makes is dropped, and its issue stays as it is', async () => {
    const group = await createGroup();
    const fix = commit(`fixes ${group.name}`);
    await release('7.0', [fix], ['api']);
    await release('7.0', [{ ...fix, message: 'never mind' }], ['api']);
    const { rowCount } = await slipway.pool.query('select from group_link where group_id = $1', [
      group.id,
    ]);
    expect(rowCount).toBe(0);
    expect(await stateOf(group.id)).toMatchObject(open);
  });

  test('to an issue of nobody, or of another organization, is passed over', async () => {
    await release('8.0', [commit('Fixes WEB-ZZZZZZ, NOPE-1 and WEB-9999999999999999999999')]);
    expect((await slipway.call('GET', `${releases}8.0/`)).body.commitCount).toBe(1);
  });
});

describe('an author with a verified address', () => {
  let userId: string;

  beforeAll(async () => {
    userId = await slipway.tenant.addMember('member');
    await slipway.pool.query(
      'insert into user_email (user_id, email, is_verified) values ($1, $2, true)',
      [userId, 'Dev@acme.test'],
    );
  });

  test('is subscribed, and assigned only when they want that', async () => {
    const [first, second] = [await createGroup(), await createGroup()];
    await release('9.0', [commit(`fixes ${first.name}`, 'dev@acme.test')]);
    expect(await stateOf(first.id)).toMatchObject({ subscribers: [userId], assignee: null });
    await slipway.pool.query(
      `insert into user_option (user_id, key, value) values ($1, 'self_assign_issue', '"1"')`,
      [userId],
    );
    await release('9.1', [commit(`fixes ${second.name}`, 'dev@acme.test')]);
    expect(await stateOf(second.id)).toMatchObject({
      subscribers: [userId],
      assignee: userId,
      activity: ['referenced_in_commit', 'assigned', 'set_resolved_in_release'],
      history: ['assigned', 'resolved'],
    });
    const { rows } = await slipway.pool.query(
      "select user_id, data from activity where group_id = $1 and type = 'assigned'",
      [second.id],
    );
    const [{ email }] = (
      await slipway.pool.query('select email from user_email where user_id = $1 and is_primary', [
        userId,
      ])
    ).rows;
    const data = { assignee: userId, assigneeEmail: email, assigneeType: 'user' };
    expect(rows).toEqual([{ user_id: userId, data }]);
  });

  test('takes an issue from nobody, and of several people the first one acts', async () => {
    const other = await slipway.tenant.addMember('member');
    await slipway.pool.query(
      "insert into user_email (user_id, email, is_verified) values ($1, 'dev@acme.test', true)",
      [other],
    );
    const [first, second] = [await createGroup(), await createGroup()];
    await slipway.pool.query('insert into group_assignee (group_id, user_id) values ($1, $2)', [
      first.id,
      slipway.tenant.ownerId,
    ]);
    await release('9.2', [commit(`fixes ${first.name}, ${second.name}`, 'dev@acme.test')]);
    const people = [userId, other].toSorted();
    const taken = await stateOf(first.id);
    expect(taken).toMatchObject({ assignee: slipway.tenant.ownerId, history: ['resolved'] });
    expect(taken.subscribers.toSorted()).toEqual(people);
    expect((await stateOf(second.id)).assignee).toBe(userId);
  });
});

describe('an organization that resolves on commit', () => {
  beforeAll(async () => {
    await slipway.pool.query(
      `insert into organization_option (organization_id, key, value) values ($1, 'slipway:resolve_on_commit', 'true')`,
      [slipway.tenant.organizationId],
    );
    await slipway.pool.query(
      `insert into webhook (organization_id, url, events, secret_encrypted)
       values ($1, 'https://hooks.test', '{issue.resolved}', '')`,
      [slipway.tenant.organizationId],
    );
  });

  const told = async (groupId: string): Promise<number> =>
    (
      await slipway.pool.query(
        "select from outbox where type = 'issue.resolved' and payload -> 'issue' ->> 'id' = $1",
        [groupId],
      )
    ).rows.length;

  test('has its issue resolved, and told, as soon as the commit is known', async () => {
    const group = await createGroup();
    await release('10.0', [commit(`fixes ${group.name}`)], ['api']);
    expect(await stateOf(group.id)).toMatchObject({
      status: 'resolved',
      inbox: 0,
      history: ['resolved_in_commit'],
      activity: ['set_resolved_in_commit'],
    });
    expect(await told(group.id)).toBe(1);
  });

  test('has it open again when the message names it no longer, unless it is open already', async () => {
    const [first, second] = [await createGroup(), await createGroup()];
    const fix = commit(`fixes ${first.name}, ${second.name}`);
    await release('10.1', [fix], ['api']);
    await slipway.call('PUT', `/api/0/organizations/acme/issues/${second.id}/`, {
      body: { status: 'ignored' },
    });
    await release('10.1', [{ ...fix, message: 'never mind' }], ['api']);
    expect(await stateOf(first.id)).toMatchObject({
      status: 'unresolved',
      substatus: 'ongoing',
      history: ['resolved_in_commit', 'unresolved'],
      activity: ['set_resolved_in_commit', 'set_unresolved'],
    });
    const { rows } = await slipway.pool.query(
      "select ident from activity where group_id = $1 and type = 'set_unresolved'",
      [first.id],
    );
    expect(rows).toEqual([{ ident: first.id }]);
    expect((await stateOf(second.id)).status).toBe('ignored');
  });
});
