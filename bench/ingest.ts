import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HttpClient } from './httpClient.ts';
import { describeLoads, load, median, type LoadResult } from './load.ts';
import { startReference } from './startReference.ts';

const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 10);
const ROUND_MS = 1_500;
const CLIENTS = 32;

/**
 * Small error events through envelopes against a running `npm start` (SLIPWAY_DIR), beside a reference in the same run:
 * a bare Hono server that does one insert for each request, with the same clients, bodies and database. They take turns
 * of a second or two: a machine that others use too is fast and slow for minutes, and a ratio is of one such phase.
 */
const dev = JSON.parse(
  await readFile(join(process.env['SLIPWAY_DIR'] ?? '.slipway', 'dev.json'), 'utf8'),
) as { url: string; token: string; databaseUrl: string; projects: { id: string; dsn: string }[] };

const [project] = dev.projects;
if (project === undefined) throw new Error('The running Slipway has no project');
const key = new URL(project.dsn).username;
const path = `/api/${project.id}/envelope/?sentry_version=7&sentry_key=${key}`;
const run = `Bench${Date.now()}`;

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

type Contender = Readonly<{
  name: string;
  url: string;
  path: string;
  typeOf: (client: number, round: number) => string;
}>;

async function measure({ name, url, path: target, typeOf }: Contender): Promise<LoadResult> {
  const client = new HttpClient(url, dev.token, CLIENTS);
  const result = await load(CLIENTS, ROUND_MS, async (number, round) => {
    const body = errorEnvelope(typeOf(number, round));
    const { status, text } = await client.send('POST', target, body);
    if (status !== 200) throw new Error(`${name}: ${status} ${text}`);
  });
  client.close();
  return result;
}

const reference = await startReference(dev.databaseUrl, 'text');
const contenders: readonly Contender[] = [
  {
    name: 'reference: one insert for each request',
    url: reference.url,
    path: '/',
    typeOf: () => run,
  },
  { name: 'one hot issue', url: dev.url, path, typeOf: () => run },
  {
    name: '200 issues',
    url: dev.url,
    path,
    typeOf: (client, round) => `${run}-${(client * 31 + round) % 200}`,
  },
];
const results = new Map<string, LoadResult[]>(contenders.map(({ name }) => [name, []]));
// One round for compilers and caches.
for (let round = -1; round < ROUNDS; round += 1) {
  for (const contender of contenders) {
    const result = await measure(contender);
    if (round >= 0) results.get(contender.name)?.push(result);
  }
}
await reference.stop();
console.table([...results].map(([name, rounds]) => describeLoads(name, rounds)));
const [bare, ...ours] = [...results].map(([name, rounds]) => ({
  name,
  rate: median(rounds.map(({ perSecond }) => perSecond)),
}));
for (const { name, rate } of ours) {
  console.log(`ratio, ${name}: ${(rate / (bare?.rate ?? NaN)).toFixed(2)}`);
}
