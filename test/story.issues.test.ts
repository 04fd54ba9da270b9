import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { DeliveryTimes } from '../workflows/deliverStart.ts';
import { eventually } from './support/actor.ts';
import { sentryCliProgram, useCli } from './support/cli.ts';
import { CliWorld } from './support/cliWorld.ts';
import { GitRepository } from './support/gitRepository.ts';
import { IngestClient } from './support/ingest.ts';
import { useOutbound } from './support/outbound.ts';
import { signatureOf, useReceiver } from './support/receiver.ts';
import { TEST_SECRET, useSlipway } from './support/slipway.ts';

/**
 * An issue that closes itself and comes back, told by unmodified clients: errors by @sentry/node, commits by sentry-cli
 * from a working copy, a tracker with the API of GitHub and a webhook with a receiver that is down at first.
 *   release 1 fails → the issue is open, in the inbox
 *   release 2 has "Fixes WEB-1" → resolved, reviewed, the linked issue closed, the webhook told
 *   release 1 fails on, somewhere → nothing happens
 *   release 3 fails → open again, in the inbox, the linked issue reopened, the webhook told
 */
const deliveryTimes: DeliveryTimes = { retryForMs: 60_000, pauseMs: { first: 1, longest: 1 } };
const slipway = useSlipway({
  deliveryTimes,
  environment: { SLIPWAY_ALLOW_PRIVATE_URLS: '1', SLIPWAY_SECRET: TEST_SECRET },
});
const outbound = useOutbound(slipway);
const [github, subscriber] = [useReceiver(), useReceiver()];
const runCli = useCli(sentryCliProgram('@sentry/cli'));
let webhookSecret: string;

beforeAll(async () => {
  await outbound.start();
  await outbound.addGitHubRepository('acme/shop', github.url);
  const webhook = await slipway.call('POST', '/api/slipway/v1/webhooks', {
    body: {
      organization: 'acme',
      url: `${subscriber.url}/hook`,
      events: ['issue.resolved', 'issue.regressed'],
    },
  });
  webhookSecret = webhook.body.secret;
});

/** Runs the application of a release, which reports its error and ends. */
async function fail(project: IngestClient, release: string): Promise<void> {
  const app = spawn(process.execPath, [join(import.meta.dirname, 'fixtures/failingCheckout.ts')], {
    env: {
      ...process.env,
      SENTRY_DSN: project.dsn,
      SENTRY_RELEASE: release,
      NODE_OPTIONS: '',
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  expect(await new Promise((resolve) => app.once('exit', resolve))).toBe(0);
}

const issuesOf = async (query: string): Promise<any[]> =>
  (
    await slipway.call(
      'GET',
      `/api/0/organizations/acme/issues/?expand=inbox&query=${encodeURIComponent(query)}`,
    )
  ).body;

const details = async (id: string): Promise<any> =>
  (await slipway.call('GET', `/api/0/organizations/acme/issues/${id}/`)).body;

const historyOf = async (id: string): Promise<any[]> =>
  (await slipway.call('GET', `/api/slipway/v1/issues/${id}/history`)).body;

const activityOf = (issue: any): [string, unknown][] =>
  issue.activity.map(({ type, data }: any) => [type, data]);

/** Events within moments of each other are one occurrence, and the steps of this story follow at once. */
async function letDayPass(id: string): Promise<void> {
  await slipway.pool.query(
    `update group_ set active_at = active_at - interval '1 day', last_seen = last_seen - interval '1 day'
      where id = $1`,
    [id],
  );
}

/** What trackers are asked for is no older than the change, and may come a moment after it. */
const issueAtGitHub = (state: string) =>
  eventually(() => Promise.resolve(github.received.find(({ body }) => body.state === state)));

describe.each([
  ['with semantic versions', 'web', ['shop@1.0.0', 'shop@2.0.0', 'shop@3.0.0']],
  ['with names for versions', 'api', ['first', 'second', 'third']],
] as const)('an issue %s', (_, slug, [first, second, third]) => {
  test('is closed by the release with its fix, and comes back with the release that fails again', async () => {
    const app = await IngestClient.create(slipway, slipway.tenant[slug]);
    const about = `project:${slug}`;
    await fail(app, first);
    const [issue] = await issuesOf(`is:for_review ${about}`);
    expect(issue).toMatchObject({
      title: 'RangeError: the order has no price',
      status: 'unresolved',
      substatus: 'new',
      inbox: { reason: 0 },
    });
    const { id, shortId } = issue;
    expect(shortId).toBe(`${slug.toUpperCase()}-1`);

    const link = await slipway.call('POST', `/api/slipway/v1/issues/${id}/links`, {
      body: {
        provider: 'github',
        key: 'acme/shop#7',
        url: 'https://github.test/acme/shop/issues/7',
      },
    });
    expect(link.status, link.text).toBe(201);

    subscriber.script = [{ status: 500 }, { status: 503 }];
    const requests: string[] = [];
    const world = new CliWorld(slipway.tenant, slipway, runCli, requests);
    const repository = new GitRepository({ origin: 'git@git.acme.test:acme/shop.git' });
    const sha = repository.commit({ message: `Charge what orders cost\n\nFixes ${shortId}` });
    await world.succeed(`releases new ${second}`, { env: { SENTRY_PROJECT: slug } });
    await world.succeed(`releases set-commits ${second} --local`, { cwd: repository.path });

    const resolved = await details(id);
    expect(resolved).toMatchObject({ status: 'resolved', statusDetails: { inRelease: second } });
    expect(await issuesOf(`is:for_review ${about}`)).toEqual([]);
    const [fixed, ...earlier] = await historyOf(id);
    expect(fixed).toMatchObject({ status: 'resolved', release: second });
    expect(earlier).toEqual([]);
    expect(activityOf(resolved)).toEqual([
      [
        'set_resolved_in_release',
        { version: second, commit: expect.objectContaining({ id: sha }) },
      ],
      ['referenced_in_commit', { commit: expect.objectContaining({ id: sha }) }],
      [
        'create_issue',
        {
          title: 'acme/shop#7',
          provider: 'GitHub',
          location: 'https://github.test/acme/shop/issues/7',
          label: 'acme/shop#7',
          new: false,
        },
      ],
      ['first_seen', expect.anything()],
    ]);
    expect(await issueAtGitHub('closed')).toMatchObject({
      path: '/api/v3/repos/acme/shop/issues/7',
      method: 'PATCH',
    });
    const told = await subscriber.heard(3);
    expect(new Set(told.map(({ raw }) => raw)).size).toBe(1);
    for (const request of told) {
      expect(request.headers['x-slipway-signature']).toBe(signatureOf(request, webhookSecret));
    }
    expect(told[2]!.body).toMatchObject({
      event: 'issue.resolved',
      data: { issue: { id, shortId, status: 'resolved' }, release: { version: second } },
    });

    await letDayPass(id);
    await fail(app, first);
    expect(await details(id)).toMatchObject({ status: 'resolved', count: '2' });
    expect(subscriber.received).toHaveLength(3);

    await letDayPass(id);
    await fail(app, third);
    const [regressed] = await issuesOf(`is:for_review ${about}`);
    expect(regressed).toMatchObject({
      id,
      status: 'unresolved',
      substatus: 'regressed',
      statusDetails: {},
      count: '3',
      inbox: { reason: 2 },
    });
    expect(await historyOf(id)).toMatchObject([
      { status: 'regressed', release: third, previous: { id: fixed.id } },
      { status: 'resolved', release: second },
    ]);
    expect(activityOf(await details(id))[0]).toEqual([
      'set_regression',
      {
        event_id: expect.stringMatching(/^[0-9a-f]{32}$/),
        version: third,
        follows_semver: third.includes('@'),
        resolved_in_version: second,
      },
    ]);
    const [, , , comeback] = await subscriber.heard(4);
    expect(comeback!.body).toMatchObject({
      event: 'issue.regressed',
      data: { issue: { id, shortId, status: 'unresolved' }, release: { version: third } },
    });
    expect(comeback!.headers['x-slipway-signature']).toBe(signatureOf(comeback!, webhookSecret));
    expect(await issueAtGitHub('open')).toMatchObject({
      path: '/api/v3/repos/acme/shop/issues/7',
    });
  });
});
