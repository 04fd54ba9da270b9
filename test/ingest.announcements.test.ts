import { beforeAll, expect, test } from 'vitest';
import { exceptionEvent, IngestClient } from './support/ingest.ts';
import { useOutbound } from './support/outbound.ts';
import { useReceiver } from './support/receiver.ts';
import { TEST_SECRET, useSlipway } from './support/slipway.ts';

/** Subscribers hear at once of issues that people resolve and of issues that come back. */
const slipway = useSlipway({
  environment: { SLIPWAY_ALLOW_PRIVATE_URLS: '1', SLIPWAY_SECRET: TEST_SECRET },
});
const receiver = useReceiver();
const outbound = useOutbound(slipway);
let web: IngestClient;

beforeAll(async () => {
  await outbound.start();
  web = await IngestClient.create(slipway);
  const answer = await slipway.call('POST', '/api/slipway/v1/webhooks', {
    body: {
      organization: 'acme',
      url: `${receiver.url}/hook`,
      events: ['issue.resolved', 'issue.regressed'],
    },
  });
  expect(answer.status, answer.text).toBe(201);
});

test('resolved by a person, back by an event: two deliveries', async () => {
  const ago = (seconds: number): number => Date.now() / 1_000 - seconds;
  await web.send(exceptionEvent('Told', { timestamp: ago(60), release: 'told@1.0.0' }));
  const [issue] = (await slipway.call('GET', '/api/0/organizations/acme/issues/')).body;
  const path = `/api/0/organizations/acme/issues/${issue.id}/`;
  await slipway.call('PUT', path, {
    body: { status: 'resolved', statusDetails: { inRelease: 'told@1.0.0' } },
  });
  const [resolved] = await receiver.heard(1);
  expect(resolved?.headers['x-slipway-event']).toBe('issue.resolved');
  await web.send(exceptionEvent('Told', { release: 'told@1.0.0' }));
  const [, regressed] = await receiver.heard(2);
  expect(regressed?.headers['x-slipway-event']).toBe('issue.regressed');
  for (const delivery of [resolved, regressed]) {
    expect(JSON.stringify(delivery?.body)).toContain('"shortId":"WEB-1"');
    expect(JSON.stringify(delivery?.body)).toContain('told@1.0.0');
  }
});
