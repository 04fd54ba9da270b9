import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HttpClient } from './httpClient.ts';
import { describeLoad, load } from './load.ts';
import { startReference } from './startReference.ts';

const DURATION_MS = Number(process.env['BENCH_MS'] ?? 8_000);
const CLIENTS = 32;

/**
 * Small error events through envelopes against a running `npm start` (SLIPWAY_DIR), beside a reference in the same run:
 * a bare Hono server that does one insert for each request, with the same clients, bodies and database.
 */
const dev = JSON.parse(
  await readFile(join(process.env['SLIPWAY_DIR'] ?? '.slipway', 'dev.json'), 'utf8'),
) as { url: string; token: string; databaseUrl: string; projects: { id: string; dsn: string }[] };

const [project] = dev.projects;
if (project === undefined) throw new Error('The running Slipway has no project');
const key = new URL(project.dsn).username;
const path = `/api/${project.id}/envelope/?sentry_version=7&sentry_key=${key}`;
const run = `Bench${Date.now()}`;
const rows: Record<string, string | number>[] = [];

/** About 1.5 KB, as an exception of a server has. */
function errorEnvelope(type: string): Buffer {
  const eventId = randomUUID().replaceAll('-', '');
  const event = {
    event_id: eventId,
    timestamp: Date.now() / 1_000,
    platform: 'node',
    level: 'error',
    release: `${run}@1.0.0`,
    environment: 'production',
    server_name: 'web-1',
    transaction: 'GET /checkout',
    tags: { plan: 'pro', region: 'eu' },
    user: { id: '42' },
    sdk: { name: 'sentry.javascript.node', version: '11.12.0' },
    exception: {
      values: [
        {
          type,
          value: 'order 1042 has no price',
          stacktrace: {
            frames: Array.from({ length: 8 }, (_, depth) => ({
              filename: `app/layer${depth}.js`,
              module: `app.layer${depth}`,
              function: `step${depth}`,
              lineno: 10 + depth,
              in_app: depth < 7,
            })),
          },
        },
      ],
    },
  };
  return Buffer.from(
    `${JSON.stringify({ event_id: eventId })}\n{"type":"event"}\n${JSON.stringify(event)}\n`,
  );
}

async function measure(
  name: string,
  url: string,
  target: string,
  typeOf: (client: number, round: number) => string,
): Promise<void> {
  const client = new HttpClient(url, dev.token, CLIENTS);
  rows.push(
    describeLoad(
      name,
      await load(CLIENTS, DURATION_MS, async (number, round) => {
        const { status, text } = await client.send(
          'POST',
          target,
          errorEnvelope(typeOf(number, round)),
        );
        if (status !== 200) throw new Error(`${name}: ${status} ${text}`);
      }),
    ),
  );
  client.close();
}

const reference = await startReference(dev.databaseUrl, 'text');
await measure('reference: one insert for each request', reference.url, '/', () => run);
await measure('one hot issue', dev.url, path, () => run);
await measure(
  '200 issues',
  dev.url,
  path,
  (client, round) => `${run}-${(client * 31 + round) % 200}`,
);
await measure('reference again', reference.url, '/', () => run);
await reference.stop();
console.table(rows);
const rate = (index: number): number => Number(rows[index]?.['calls/s']);
const bare = (rate(0) + rate(3)) / 2;
console.log(`ratio, one hot issue: ${(rate(1) / bare).toFixed(2)}`);
console.log(`ratio, 200 issues:    ${(rate(2) / bare).toFixed(2)}`);
