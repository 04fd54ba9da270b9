import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, expect, test } from 'vitest';
import { IngestClient } from './support/ingest.ts';
import { useSlipway } from './support/slipway.ts';

/** Real SDKs: the one for Node in a process of its own, the one for Python as it was recorded on the wire. */
const requests: string[] = [];
const slipway = useSlipway({
  worker: false,
  onRequest: (method, target) => requests.push(`${method} ${target.split('?', 1).join('')}`),
});
const fixtures = join(import.meta.dirname, 'fixtures');
let web: IngestClient;

beforeAll(async () => {
  web = await IngestClient.create(slipway);
});

test('@sentry/node: exceptions, messages and transactions of an application', async () => {
  const app = spawn(process.execPath, [join(fixtures, 'reportingApp.ts')], {
    env: { ...process.env, SENTRY_DSN: web.dsn, NODE_OPTIONS: '' },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const exitCode = await new Promise((resolve) => app.once('exit', resolve));
  expect(exitCode).toBe(0);
  expect(new Set(requests)).toEqual(new Set([`POST ${web.path('envelope')}`]));

  const { body } = await slipway.call('GET', '/api/0/organizations/acme/issues/?sort=freq');
  expect(body).toHaveLength(2);
  const [thrown, message] = body;
  expect(thrown).toMatchObject({
    metadata: { type: 'CheckoutError', function: 'pay' },
    count: '2',
    level: 'error',
    platform: 'node',
  });
  expect(thrown.title).toMatch(/^CheckoutError: order 104[23] has no price$/);
  expect(message).toMatchObject({ title: 'stock is low', level: 'warning', count: '1' });

  const events = await slipway.call('GET', `/api/0/issues/${thrown.id}/events/oldest/`);
  expect(events.body).toMatchObject({
    release: { version: 'shop@7.1.0' },
    user: { id: '42' },
    sdk: { name: 'sentry.javascript.node' },
  });
  expect(events.body.tags).toEqual(
    expect.arrayContaining([
      { key: 'plan', value: 'pro' },
      { key: 'environment', value: 'production' },
      { key: 'release', value: 'shop@7.1.0' },
    ]),
  );
  const release = await slipway.call('GET', '/api/0/organizations/acme/releases/shop@7.1.0/');
  expect(release.body).toMatchObject({ newGroups: 2, projects: [{ slug: 'web', newGroups: 2 }] });
});

test('the SDK for Python: an exception, compressed, as recorded', async () => {
  const raw = gzipSync(await readFile(join(fixtures, 'pythonSdk.envelope')));
  const answer = await slipway.call('POST', web.path('envelope'), {
    token: null,
    raw,
    headers: {
      'Content-Type': 'application/x-sentry-envelope',
      'Content-Encoding': 'gzip',
      'User-Agent': 'sentry.python/2.20.0',
      'X-Sentry-Auth': `Sentry sentry_key=${web.publicKey}, sentry_version=7, sentry_client=sentry.python/2.20.0`,
    },
  });
  expect(answer.status, answer.text).toBe(200);
  const { body } = await slipway.call(
    'GET',
    `/api/0/organizations/acme/issues/?query=${answer.body.id}`,
  );
  expect(body).toMatchObject([
    {
      title: 'PaymentDeclined: card declined for order 1042',
      culprit: '__main__ in charge',
      platform: 'python',
      level: 'error',
    },
  ]);
});
