import { beforeAll, describe, expect, test } from 'vitest';
import { markReviewed } from '../db/groups/inbox.ts';
import { transaction } from '../db/pool.ts';
import { exceptionEvent, IngestClient } from './support/ingest.ts';
import { useSlipway, type ApiAnswer } from './support/slipway.ts';

/** Changing issues (groups-projects-orgs 1.11): every form of a status, assignment, inbox, priority, in bulk and singly. */
const slipway = useSlipway({ worker: false });
const ORG = '/api/0/organizations/acme';
let web: IngestClient;
let api: IngestClient;
let count = 0;

const rows = async (text: string, values: unknown[] = []): Promise<any[]> =>
  (await slipway.pool.query(text, values)).rows;
const ago = (seconds: number): number => Date.now() / 1_000 - seconds;

/** A new issue of its own. */
async function issue(client = web, event: object = {}): Promise<string> {
  const eventId = await client.send(
    exceptionEvent(`Issue${(count += 1)}`, event as Record<string, unknown>),
  );
  return (await rows('select group_id from event where event_id = $1', [eventId]))[0].group_id;
}

const update = (id: string, body: unknown, token?: string): Promise<ApiAnswer> =>
  slipway.call('PUT', `${ORG}/issues/${id}/`, { body, ...(token === undefined ? {} : { token }) });
const bulk = (query: string, body: unknown): Promise<ApiAnswer> =>
  slipway.call('PUT', `${ORG}/issues/?${query}`, { body });
const activityTypes = async (id: string): Promise<string[]> =>
  (await rows('select type from activity where group_id = $1 order by id', [id])).map(
    (row) => row.type,
  );
const history = async (id: string): Promise<string[]> =>
  (await rows('select status from group_history where group_id = $1 order by id', [id])).map(
    (row) => row.status,
  );

beforeAll(async () => {
  web = await IngestClient.create(slipway);
  api = await IngestClient.create(slipway, slipway.tenant.api);
  // By date, so that "the next release" has something to wait for.
  await issue(web, { release: 'build-1', timestamp: ago(500) });
  await issue(web, { release: 'build-2', timestamp: ago(400) });
});

describe('status', () => {
  test('resolved: now, out of the inbox, told once', async () => {
    const id = await issue();
    const answer = await update(id, { status: 'resolved' });
    expect(answer.body).toMatchObject({
      id,
      status: 'resolved',
      statusDetails: {},
      substatus: null,
      isSubscribed: true,
      participants: [{ id: slipway.tenant.ownerId }],
      activity: [
        { type: 'set_resolved', data: {}, user: { id: slipway.tenant.ownerId } },
        { type: 'first_seen' },
      ],
    });
    expect(
      await rows('select resolved_at is not null as is_dated from group_ where id = $1', [id]),
    ).toEqual([{ is_dated: true }]);
    expect(await rows('select from group_inbox where group_id = $1', [id])).toEqual([]);
    expect((await update(id, { status: 'resolved' })).status).toBe(200);
    expect(await activityTypes(id)).toEqual(['set_resolved']);
  });

  test('in a release, by version and as latest', async () => {
    for (const inRelease of ['build-1', 'latest']) {
      const id = await issue();
      const answer = await update(id, { status: 'resolved', statusDetails: { inRelease } });
      const version = inRelease === 'latest' ? 'build-2' : inRelease;
      expect(answer.body.statusDetails).toMatchObject({
        inRelease: version,
        actor: { id: slipway.tenant.ownerId },
      });
      expect(answer.body.activity[0]).toMatchObject({
        type: 'set_resolved_in_release',
        data: { version },
      });
      const [resolution] = await rows(
        'select id, type, status from group_resolution where group_id = $1',
        [id],
      );
      expect(resolution).toMatchObject({ type: 'in_release', status: 'resolved' });
      const [activity] = await rows('select ident from activity where group_id = $1', [id]);
      expect(activity.ident).toBe(resolution.id);
    }
  });

  test.each<[string, object]>([
    ['as the status', { status: 'resolvedInNextRelease' }],
    ['as a detail', { status: 'resolved', statusDetails: { inNextRelease: true } }],
    ['beside the status', { status: 'resolved', inNextRelease: true }],
  ])('in the next release: %s', async (_, body) => {
    const id = await issue(web, { release: 'build-2', timestamp: ago(60) });
    const { body: changed } = await update(id, body);
    expect(changed).toMatchObject({ status: 'resolved', statusDetails: { inNextRelease: true } });
    expect(changed.activity[0]).toMatchObject({
      type: 'set_resolved_in_release',
      data: { version: '', current_release_version: 'build-2' },
    });
    expect(
      await rows(
        'select type, status, current_release_version from group_resolution where group_id = $1',
        [id],
      ),
    ).toEqual([{ type: 'in_next_release', status: 'pending', current_release_version: 'build-2' }]);
  });

  test('in the next release, when that is out already', async () => {
    const id = await issue(web, { release: 'build-1', timestamp: ago(60) });
    const { body } = await update(id, { status: 'resolvedInNextRelease' });
    expect(body.statusDetails).toMatchObject({ inRelease: 'build-2' });
    expect(body.activity[0].data).toEqual({
      version: 'build-2',
      current_release_version: 'build-1',
    });
  });

  test('in the next release without any: an error as a detail, plainly resolved as the status', async () => {
    const id = await issue(api);
    const refused = await update(id, {
      status: 'resolved',
      statusDetails: { inNextRelease: true },
    });
    expect(refused.status).toBe(400);
    expect(refused.body).toEqual({
      statusDetails: { inNextRelease: [expect.stringMatching(/No release data/)] },
    });
    const { body } = await update(id, { status: 'resolvedInNextRelease' });
    expect(body).toMatchObject({ status: 'resolved', statusDetails: {} });
    expect(body.activity[0]).toMatchObject({
      type: 'set_resolved_in_release',
      data: { version: '' },
    });
    expect(await history(id)).toEqual(['resolved_in_release']);
  });

  test('in a commit: linked; in a release that has it already, resolved there', async () => {
    await rows(
      `with repo as (insert into repository (organization_id, name) values ($1, 'acme/web') returning *)
       insert into commit (organization_id, repository_id, key, message)
       select organization_id, id, key, 'fix' from repo, unnest($2::text[]) as key`,
      [slipway.tenant.organizationId, ['a'.repeat(40), 'b'.repeat(40)]],
    );
    await rows(
      `insert into release_commit (release_id, commit_id, position)
       select release.id, commit.id, 0 from release, commit where version = 'build-1' and key = $1`,
      ['b'.repeat(40)],
    );
    const inCommit = (letter: string) => ({
      inCommit: { commit: letter.repeat(40), repository: 'acme/web' },
    });
    const open = await issue();
    const { body } = await update(open, { status: 'resolved', statusDetails: inCommit('a') });
    expect(body.statusDetails).toMatchObject({
      inCommit: { id: 'a'.repeat(40), repository: { name: 'acme/web' } },
    });
    expect(body.activity[0]).toMatchObject({
      type: 'set_resolved_in_commit',
      data: { commit: { id: 'a'.repeat(40) } },
    });
    expect(await history(open)).toEqual(['resolved_in_commit']);
    const shipped = await update(await issue(), {
      status: 'resolved',
      statusDetails: inCommit('b'),
    });
    expect(shipped.body.statusDetails).toMatchObject({ inRelease: 'build-1' });
    for (const [given, error] of [
      [{ commit: 'x', repository: 'acme/web' }, { commit: [expect.any(String)] }],
      [{ commit: 'x', repository: 'nope' }, { repository: [expect.any(String)] }],
      [{ commit: 'x' }, { repository: ['This field is required.'] }],
    ]) {
      const refused = await update(await issue(), {
        status: 'resolved',
        statusDetails: { inCommit: given },
      });
      expect(refused.status).toBe(400);
      expect(refused.body).toEqual({ statusDetails: { inCommit: error } });
    }
  });

  test('resolved, whatever the substatus beside it', async () => {
    const { body } = await update(await issue(), { status: 'resolved', substatus: 'ongoing' });
    expect(body).toMatchObject({ status: 'resolved', substatus: null });
  });

  test('unresolved again: the resolution goes', async () => {
    const id = await issue();
    await update(id, { status: 'resolved', statusDetails: { inRelease: 'build-1' } });
    const { body } = await update(id, { status: 'unresolved' });
    expect(body).toMatchObject({ status: 'unresolved', substatus: 'ongoing', statusDetails: {} });
    expect(await rows('select from group_resolution where group_id = $1', [id])).toEqual([]);
    expect(await activityTypes(id)).toEqual(['set_resolved_in_release', 'set_unresolved']);
    const [last] = await rows(
      `select history.status, prev.status as undoes from group_history history
         join group_history prev on prev.id = history.prev_history_id where history.group_id = $1`,
      [id],
    );
    expect(last).toEqual({ status: 'unresolved', undoes: 'resolved_in_release' });
  });

  test.each<[object, string, string]>([
    [{ status: 'ignored' }, 'archived_until_escalating', 'archived_until_escalating'],
    [
      { status: 'muted', snoozeDuration: null },
      'archived_until_escalating',
      'archived_until_escalating',
    ],
    [{ status: 'ignored', substatus: 'archived_forever' }, 'archived_forever', 'archived_forever'],
    [
      { status: 'ignored', statusDetails: { ignoreCount: 10 } },
      'archived_until_condition_met',
      'archived_until_condition_met',
    ],
  ])('%j', async (body, substatus, entry) => {
    const id = await issue();
    const answer = await update(id, body);
    expect(answer.body).toMatchObject({ status: 'ignored', substatus });
    expect(await rows('select from group_inbox where group_id = $1', [id])).toEqual([]);
    expect(await history(id)).toEqual([entry]);
  });
});

describe('ignored until', () => {
  /** Sends events to an ignored issue and says what it is after each. */
  async function statusesAfter(
    details: object,
    events: readonly object[],
    before: (id: string) => Promise<unknown> = () => Promise.resolve(),
  ): Promise<string[]> {
    const type = `Snoozed${(count += 1)}`;
    const eventId = await web.send(exceptionEvent(type, { timestamp: ago(600) }));
    const [{ group_id: id }] = await rows('select group_id from event where event_id = $1', [
      eventId,
    ]);
    const answer = await update(id, { status: 'ignored', statusDetails: details });
    expect(answer.body.statusDetails).toMatchObject({ actor: { id: slipway.tenant.ownerId } });
    await before(id);
    const statuses: string[] = [];
    for (const event of events) {
      await web.send(exceptionEvent(type, event as Record<string, unknown>));
      const [group] = await rows('select status from group_ where id = $1', [id]);
      statuses.push(group.status);
    }
    if (statuses.at(-1) === 'unresolved') {
      expect(await activityTypes(id)).toEqual(['set_ignored', 'set_unresolved']);
      expect(await rows('select reason from group_inbox where group_id = $1', [id])).toEqual([
        { reason: 'ongoing' },
      ]);
    }
    return statuses;
  }

  test('so many more events', async () => {
    expect(await statusesAfter({ ignoreCount: 3 }, [{}, {}, {}])).toEqual([
      'ignored',
      'ignored',
      'unresolved',
    ]);
  });

  test('so many within a window: older ones do not count', async () => {
    const late = { timestamp: ago(300) };
    expect(await statusesAfter({ ignoreCount: 2, ignoreWindow: 1 }, [late, late, {}, {}])).toEqual([
      'ignored',
      'ignored',
      'ignored',
      'unresolved',
    ]);
  });

  test('so many people', async () => {
    const by = (id: string) => ({ user: { id } });
    expect(await statusesAfter({ ignoreUserCount: 2 }, [by('a'), by('a'), {}, by('b')])).toEqual([
      'ignored',
      'ignored',
      'ignored',
      'unresolved',
    ]);
  });

  test('a time', async () => {
    const over = (id: string) =>
      rows('update group_snooze set until = now() where group_id = $1', [id]);
    expect(await statusesAfter({ ignoreDuration: 30 }, [{}])).toEqual(['ignored']);
    expect(await statusesAfter({ ignoreDuration: 30 }, [{}], over)).toEqual(['unresolved']);
  });

  test('nothing in particular, until somebody says so', async () => {
    const id = await issue();
    await update(id, { status: 'ignored', ignoreCount: 1 });
    const { body } = await update(id, { status: 'ignored', substatus: 'archived_forever' });
    expect(body).toMatchObject({ substatus: 'archived_forever', statusDetails: {} });
    expect(await rows('select from group_snooze where group_id = $1', [id])).toEqual([]);
  });
});

describe('400', () => {
  test.each<[object, object]>([
    [{ status: 'gone' }, { status: ['"gone" is not a valid choice.'] }],
    [
      { status: 'resolved', statusDetails: 'x' },
      { statusDetails: ['Invalid data. Expected a dictionary, but got str.'] },
    ],
    [
      { status: 'resolved', statusDetails: { inRelease: 'nope' } },
      { statusDetails: { inRelease: [expect.any(String)] } },
    ],
    [
      { status: 'ignored', statusDetails: { ignoreWindow: 10_081 } },
      { statusDetails: { ignoreWindow: [expect.stringMatching(/10080/)] } },
    ],
    [{ status: 'ignored', ignoreCount: 'many' }, { ignoreCount: ['A valid integer is required.'] }],
    [{ inbox: 'maybe' }, { inbox: ['Must be a valid boolean.'] }],
    [{ priority: 'urgent' }, { priority: ['"urgent" is not a valid choice.'] }],
    [{ substatus: 'x' }, { substatus: ['"x" is not a valid choice.'] }],
    [{ status: 'ignored', substatus: 'ongoing' }, { substatus: [expect.any(String)] }],
    [{ status: 'muted', substatus: 'new' }, { substatus: [expect.any(String)] }],
    [{ status: 'unresolved', substatus: 'archived_forever' }, { substatus: [expect.any(String)] }],
    [{ assignedTo: 'nobody@nowhere.test' }, { assignedTo: ['Unknown actor input'] }],
    [{ merge: true }, { detail: expect.any(String) }],
    [{ discard: true }, { detail: ['You do not have that feature enabled'] }],
    [[], { non_field_errors: [expect.any(String)] }],
  ])('%j changes nothing', async (body, error) => {
    const id = await issue();
    const answer = await update(id, body);
    expect(answer.status, answer.text).toBe(400);
    expect(answer.body).toEqual(error);
    expect(await activityTypes(id)).toEqual([]);
  });
});

describe('assignment', () => {
  test('to a user in every spelling, to a team, and back to nobody; only changes are told', async () => {
    const id = await issue();
    const { ownerId, teamId } = slipway.tenant;
    const [{ email }] = await rows('select email from user_email where user_id = $1', [ownerId]);
    for (const assignedTo of [
      ownerId,
      `user:${ownerId}`,
      email,
      email.toUpperCase(),
      email.split('@')[0],
    ]) {
      const { body } = await update(id, { assignedTo });
      expect(body.assignedTo, assignedTo).toMatchObject({ type: 'user', id: ownerId, email });
    }
    expect((await update(id, { assignedTo: `team:${teamId}` })).body.assignedTo).toEqual({
      type: 'team',
      id: teamId,
      name: 'crew',
    });
    expect((await update(id, { assignedTo: '' })).body.assignedTo).toBeNull();
    expect((await update(id, { assignedTo: null })).body.assignedTo).toBeNull();
    expect(await activityTypes(id)).toEqual(['assigned', 'assigned', 'unassigned']);
    expect(await history(id)).toEqual(['assigned', 'assigned', 'unassigned']);
  });

  test('with closed membership only to those who have access; never to the deactivated', async () => {
    const id = await issue();
    const outsider = await slipway.tenant.addMember('member');
    const [{ id: team }] = await rows(
      "insert into team (organization_id, slug, name) values ($1, 'far', 'Far') returning id",
      [slipway.tenant.organizationId],
    );
    expect((await update(id, { assignedTo: outsider })).status).toBe(200);
    await slipway.pool.query('update organization set open_membership = false');
    try {
      const user = await update(id, { assignedTo: outsider });
      expect(user.body).toEqual({ assignedTo: ['Cannot assign to non-team member'] });
      const far = await update(id, { assignedTo: `team:${team}` });
      expect(far.body).toEqual({
        assignedTo: ['Cannot assign to a team without access to the project'],
      });
    } finally {
      await slipway.pool.query('update organization set open_membership = true');
    }
    await slipway.pool.query('update app_user set is_active = false where id = $1', [outsider]);
    const gone = await update(id, { assignedTo: outsider });
    expect(gone.body).toEqual({ assignedTo: ['Cannot assign to a deactivated member'] });
  });

  test('whoever wants it gets what they resolve', async () => {
    await rows(
      `insert into user_option (user_id, key, value) values ($1, 'self_assign_issue', '"1"')`,
      [slipway.tenant.ownerId],
    );
    try {
      const { body } = await update(await issue(), { status: 'resolved' });
      expect(body.assignedTo).toMatchObject({ id: slipway.tenant.ownerId });
    } finally {
      await rows('delete from user_option');
    }
  });
});

describe('inbox, priority, subscription', () => {
  test('reviewed: out of the inbox, ongoing, told; again: nothing', async () => {
    const id = await issue();
    const { body } = await update(id, { inbox: false });
    expect(body.substatus).toBe('ongoing');
    await update(id, { inbox: false });
    expect(await activityTypes(id)).toEqual(['mark_reviewed', 'auto_set_ongoing']);
    expect(await history(id)).toEqual(['reviewed']);
  });

  test('reviewed outside of the inbox: ongoing, and no review is told', async () => {
    const id = await issue();
    await rows('delete from group_inbox where group_id = $1', [id]);
    expect((await update(id, { inbox: false })).body.substatus).toBe('ongoing');
    expect(await activityTypes(id)).toEqual(['auto_set_ongoing']);
    expect(await history(id)).toEqual([]);
  });

  test('reviewed by nobody, with the token of an organization: out of the inbox, and no review is told', async () => {
    const id = await issue();
    // Such tokens have no scope for issues yet; the rule is the inbox's own.
    await transaction(slipway.pool, (tx) => markReviewed(tx, [id], null));
    expect(await rows('select from group_inbox where group_id = $1', [id])).toEqual([]);
    expect(await activityTypes(id)).toEqual(['auto_set_ongoing']);
    expect(await history(id)).toEqual([]);
  });

  test('added by hand; what is there keeps its reason', async () => {
    const id = await issue();
    await update(id, { inbox: true });
    expect(await rows('select reason from group_inbox where group_id = $1', [id])).toEqual([
      { reason: 'new' },
    ]);
    await update(id, { inbox: false });
    await update(id, { inbox: true });
    expect(await rows('select reason from group_inbox where group_id = $1', [id])).toEqual([
      { reason: 'manual' },
    ]);
  });

  test('priority is set and locked', async () => {
    const { body } = await update(await issue(), { priority: 'low' });
    expect(body).toMatchObject({ priority: 'low', priorityLockedAt: expect.any(String) });
  });

  test('who unsubscribes stays so', async () => {
    const id = await issue();
    await update(id, { isSubscribed: false });
    const { body } = await update(id, { status: 'resolved' });
    expect(body).toMatchObject({ isSubscribed: false, participants: [] });
  });
});

describe('bulk', () => {
  test('by ids, the ones that mean something', async () => {
    const [a, b] = [await issue(), await issue()];
    const answer = await bulk(`id=${a}&id=${b}&id=99999`, { status: 'resolved' });
    expect(answer.status, answer.text).toBe(200);
    expect(answer.body).toMatchObject({ status: 'resolved', statusDetails: {}, inbox: null });
    expect(await rows('select distinct status from group_ where id = any($1)', [[a, b]])).toEqual([
      { status: 'resolved' },
    ]);
  });

  test('a typo does not touch the whole list', async () => {
    const before = await rows('select id, status from group_ order by id');
    for (const query of ['id=99999', 'id=nope', 'id=']) {
      const answer = await bulk(query, { status: 'ignored' });
      expect(answer.status).toBe(204);
      expect(answer.text).toBe('');
    }
    expect(await rows('select id, status from group_ order by id')).toEqual(before);
  });

  test('by short ids', async () => {
    const id = await issue(api);
    const [{ short_id: number }] = await rows('select short_id from group_ where id = $1', [id]);
    await bulk(`id=API-${Number(number).toString(32).toUpperCase()}`, { status: 'ignored' });
    expect(await rows('select status from group_ where id = $1', [id])).toEqual([
      { status: 'ignored' },
    ]);
  });

  test('a search that means nothing changes nothing', async () => {
    expect(await bulk('query=is:nonsense', { status: 'resolved' })).toMatchObject({
      status: 400,
      body: { detail: 'Invalid query. Error getting group ids and group list' },
    });
  });

  test('by search, in a project, as sentry-cli does', async () => {
    const [a, b] = [await issue(api, { level: 'warning' }), await issue(api)];
    const path = '/api/0/projects/acme/api/issues/?query=is:unresolved%20level:warning';
    const answer = await slipway.call('PUT', path, {
      body: { status: 'muted', snoozeDuration: null },
    });
    expect(answer.body).toMatchObject({ status: 'ignored' });
    const found = await rows('select id, status from group_ where id = any($1) order by id', [
      [a, b],
    ]);
    expect(found.map((row) => row.status)).toEqual(['ignored', 'unresolved']);
  });

  test('by status, as sentry-cli selects: none of another status is touched', async () => {
    const [open, muted] = [await issue(api), await issue(api)];
    await update(muted, { status: 'ignored' });
    const path = `/api/0/projects/acme/${slipway.tenant.api.slug}/issues/`;
    const put = (query: string) =>
      slipway.call('PUT', `${path}?${query}`, { body: { priority: 'high' } });
    expect((await put('status=muted')).status).toBe(200);
    expect((await put('status=gone')).body).toEqual({ detail: expect.stringMatching(/^Invalid/) });
    expect((await put('status=muted&query=is:unresolved')).status).toBe(204);
    expect(await activityTypes(muted)).toEqual(['set_ignored', 'set_priority']);
    expect(await activityTypes(open)).toEqual([]);
    const listed = await slipway.call('GET', `${path}?status=ignored`);
    expect(listed.body.map(({ id }: any) => id)).toContain(muted);
    expect(listed.body.map(({ id }: any) => id)).not.toContain(open);
  });

  test('in a release only within one project', async () => {
    const answer = await bulk(`id=${await issue()}&id=${await issue(api)}`, {
      status: 'resolved',
      statusDetails: { inRelease: 'build-1' },
    });
    expect(answer.status).toBe(400);
    expect(answer.body).toEqual({ detail: 'Cannot set resolved for multiple projects.' });
  });

  test('one issue in a release answers with its timeline', async () => {
    const answer = await bulk(`id=${await issue()}`, {
      status: 'resolved',
      statusDetails: { inRelease: 'build-1' },
    });
    expect(answer.body.statusDetails).toMatchObject({
      inRelease: 'build-1',
      actor: { id: slipway.tenant.ownerId },
    });
    expect(answer.body.activity[0].type).toBe('set_resolved_in_release');
  });

  test('many at once cost no more statements: a thousand issues within a second', async () => {
    const { rows: made } = await slipway.pool.query(
      `insert into group_ (project_id, short_id, title, first_seen, last_seen, active_at, metadata)
       select $1, 100000 + n, 'many', now(), now(), now(), '{}' from generate_series(1, 1000) n returning id`,
      [api.project.id],
    );
    const startedAt = performance.now();
    const answer = await slipway.call('PUT', `/api/0/projects/acme/api/issues/?query=many`, {
      body: { status: 'resolved' },
    });
    expect(answer.status, answer.text).toBe(200);
    expect(performance.now() - startedAt).toBeLessThan(2_000);
    const [{ count: resolved }] = await rows(
      "select count(*)::int from group_ where status = 'resolved' and id = any($1)",
      [made.map((row) => row.id)],
    );
    expect(resolved).toBe(1_000);
  });
});

test('twenty changes of one issue at once end in one of the states they asked for, with a complete history', async () => {
  const id = await issue();
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, i) =>
      update(id, { status: i % 2 === 0 ? 'resolved' : 'unresolved' }),
    ),
  );
  expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
  const types = await activityTypes(id);
  // Each change is told, and no two in a row are the same: the lock lets none slip.
  expect(types.every((type, index) => type !== types[index - 1])).toBe(true);
  expect(await history(id)).toHaveLength(types.length);
});

test('changes need event:write', async () => {
  const id = await issue();
  const token = await slipway.token(['event:read', 'project:admin']);
  expect((await update(id, { status: 'resolved' }, token)).status).toBe(403);
  expect(
    (await slipway.call('PUT', `${ORG}/issues/${id}/`, { token: null, body: {} })).status,
  ).toBe(401);
  expect(
    (await update(id, { status: 'resolved' }, await slipway.token(['event:write']))).status,
  ).toBe(200);
});
