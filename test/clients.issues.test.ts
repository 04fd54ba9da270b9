// Scenarios: the issue commands of sentry-cli 3 and 2, which change issues in bulk, and of the `sentry` CLI, which changes
// one at a time and knows every form of a resolution and of an archive (clients 3.13 and 5).
import { describe, expect, test } from 'vitest';
import { sentryCliProgram, sentryProgram } from './support/cli.ts';
import { useCliWorlds, type CliWorld } from './support/cliWorld.ts';
import { exceptionEvent, IngestClient } from './support/ingest.ts';

type Issue = Readonly<{ id: string; shortId: string }>;

/** Issues of `web`, each with an event of this release. */
async function report(world: CliWorld, count: number, release?: string): Promise<Issue[]> {
  const web = await IngestClient.create(world.slipway, world.tenant.web);
  for (let index = 0; index < count; index += 1) {
    await web.send(exceptionEvent(`Failure${index}`, release === undefined ? {} : { release }));
  }
  return issuesOf(world);
}

/** The oldest first, whatever their status. */
const issuesOf = async (world: CliWorld): Promise<any[]> =>
  (await world.get('/issues/?query=&sort=new')).body.toReversed();

const statuses = async (world: CliWorld): Promise<string[]> =>
  (await issuesOf(world)).map(({ status }) => status);

const issueOf = async (world: CliWorld, { id }: Issue): Promise<any> =>
  (await world.get(`/issues/${id}/`)).body;

describe.each([
  ['sentry-cli 3', '@sentry/cli'],
  ['sentry-cli 2', 'sentry-cli-v2'],
] as const)('%s', (_, packageName) => {
  const newWorld = useCliWorlds(sentryCliProgram(packageName));
  const env = { SENTRY_PROJECT: 'web' };

  test('lists issues, and those of a search', async () => {
    const world = await newWorld();
    const issues = await report(world, 3);
    const all = await world.succeed('issues list', { env });
    for (const { shortId } of issues) expect(all.stdout).toContain(shortId);
    const none = await world.succeed('issues list --query is:resolved', { env });
    for (const { shortId } of issues) expect(none.stdout).not.toContain(shortId);
  });

  test('resolves, mutes and reopens issues by id', async () => {
    const world = await newWorld();
    const [first, second] = await report(world, 3);
    const ids = `-i ${first!.id} -i ${second!.id}`;
    for (const [command, status] of [
      ['resolve', 'resolved'],
      ['mute', 'ignored'],
      ['unresolve', 'unresolved'],
    ]) {
      await world.succeed(`issues ${command} ${ids}`, { env });
      expect(await statuses(world), command).toEqual([status, status, 'unresolved']);
    }
  });

  test('resolves issues in the next release', async () => {
    const world = await newWorld();
    const [first] = await report(world, 1, 'build-1');
    await world.succeed(`issues resolve --next-release -i ${first!.id}`, { env });
    expect(await issueOf(world, first!)).toMatchObject({
      status: 'resolved',
      statusDetails: { inNextRelease: true },
    });
  });

  test('changes all that is open, and those of a status alone', async () => {
    const world = await newWorld();
    await report(world, 3);
    await world.succeed('issues resolve --all', { env });
    expect(await statuses(world)).toEqual(['resolved', 'resolved', 'resolved']);
    const [first] = await issuesOf(world);
    await world.succeed(`issues mute -i ${first.id}`, { env });
    await world.succeed('issues unresolve --status resolved', { env });
    expect(await statuses(world)).toEqual(['ignored', 'unresolved', 'unresolved']);
    await world.succeed('issues resolve --status muted', { env });
    expect(await statuses(world)).toEqual(['resolved', 'unresolved', 'unresolved']);
  });
});

describe('the sentry CLI', () => {
  const newWorld = useCliWorlds(sentryProgram());

  test('lists and shows issues', async () => {
    const world = await newWorld();
    const { slug } = world.tenant;
    const [first, second] = await report(world, 2, '1.0.0');
    const list = await world.succeed(`issue list ${slug}/web --json`);
    expect(list.stdout).toContain(first!.shortId);
    expect(list.stdout).toContain(second!.shortId);
    for (const name of [first!.shortId, first!.id, '@latest']) {
      const view = await world.succeed(`issue view ${slug}/${name} --json`);
      expect(JSON.parse(view.stdout)).toMatchObject({
        status: 'unresolved',
        event: expect.anything(),
      });
    }
    const events = await world.succeed(`issue events ${slug}/${first!.shortId} --json`);
    expect(events.stdout).toMatch(/[0-9a-f]{32}/);
  });

  test('resolves now, in a release, in the next one and in a commit, and reopens', async () => {
    const world = await newWorld();
    const { slug } = world.tenant;
    const [first] = await report(world, 1, 'build-1');
    const sha = 'a'.repeat(40);
    await world.slipway.call('POST', `/api/0/organizations/${slug}/releases/`, {
      token: world.tenant.ownerToken,
      body: {
        version: 'other',
        projects: ['api'],
        commits: [{ id: sha, repository: 'acme/web', message: 'Pay' }],
      },
    });
    const name = `${slug}/${first!.shortId}`;
    for (const [options, details] of [
      ['', {}],
      [' --in build-1', { inRelease: 'build-1' }],
      [' --in @next', { inNextRelease: true }],
      [` --in @commit:acme/web@${sha}`, { inRelease: 'other' }],
    ] as const) {
      await world.succeed(`issue resolve ${name}${options}`);
      const resolved = await issueOf(world, first!);
      expect(resolved.status, options).toBe('resolved');
      expect(resolved.statusDetails, options).toMatchObject(details);
      await world.succeed(`issue unresolve ${name}`);
      expect(await statuses(world)).toEqual(['unresolved']);
    }
  });

  test.each([
    ['', 'archived_forever', {}],
    [' --until auto', 'archived_until_escalating', {}],
    [' --until 2h', 'archived_until_condition_met', { ignoreUntil: expect.any(String) }],
    [' --until 10x/5m', 'archived_until_condition_met', { ignoreCount: 10, ignoreWindow: 5 }],
    [
      ' --until 5u/1h',
      'archived_until_condition_met',
      { ignoreUserCount: 5, ignoreUserWindow: 60 },
    ],
  ])('archives an issue%s', async (options, substatus, details) => {
    const world = await newWorld();
    const [first] = await report(world, 1);
    await world.succeed(`issue archive ${world.tenant.slug}/${first!.shortId}${options}`);
    expect(await issueOf(world, first!)).toMatchObject({
      status: 'ignored',
      substatus,
      statusDetails: details,
    });
  });
});
