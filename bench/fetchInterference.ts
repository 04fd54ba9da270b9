/**
 * Small commands while twenty fetches from a slow host are under way, beside the same without them, in turns against a
 * running `npm start` (SLIPWAY_DIR) that was started with SLIPWAY_ALLOW_PRIVATE_URLS=1.
 */
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startFakeGitHub } from '../test/support/fakeGitHub.ts';
import { HttpClient } from './httpClient.ts';
import { describeLoad, load, type LoadResult } from './load.ts';

const FETCHES = 20;
const CLIENTS = 4;
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 3);
const DURATION_MS = Number(process.env['BENCH_MS'] ?? 4_000);
/** Hosts take about this long for a page. */
const REPLY_DELAY_MS = 250;
const COMMITS = 60;

const dev = JSON.parse(
  await readFile(join(process.env['SLIPWAY_DIR'] ?? '.slipway', 'dev.json'), 'utf8'),
) as { url: string; token: string };
const client = new HttpClient(dev.url, dev.token, CLIENTS + 1);
const organization = '/api/0/organizations/acme';
const run = `bench-${randomUUID().slice(0, 8)}`;

const github = await startFakeGitHub();
const base = github.history.commit('base');
const shas = Array.from({ length: COMMITS }, (_, index) => github.history.commit(`${index}`));
const slow = createServer((request, response) => {
  setTimeout(() => {
    get(`${github.url}${request.url ?? ''}`, (reply) => {
      response.writeHead(reply.statusCode ?? 502, reply.headers);
      reply.pipe(response);
    });
  }, REPLY_DELAY_MS);
});
slow.listen(0, '127.0.0.1');
await new Promise((resolve) => slow.once('listening', resolve));
const host = `http://127.0.0.1:${(slow.address() as AddressInfo).port}`;

const results: Record<'idle' | 'fetching', LoadResult[]> = { idle: [], fetching: [] };
await measure(`${run}-warm-up`);
for (let round = 0; round < ROUNDS; round += 1) {
  results.idle.push(await measure(`${run}-idle-${round}`));
  const releases = await startFetches(round);
  const before = await inFlight(releases);
  results.fetching.push(await measure(`${run}-fetching-${round}`));
  const after = await inFlight(releases);
  console.log(`fetches under way: ${before} at the start of round ${round}, ${after} at its end`);
  while ((await inFlight(releases)) > 0) await sleep(500);
}
const p50 = (name: keyof typeof results): number => median(results[name].map(({ p50Ms }) => p50Ms));
console.table(
  (['idle', 'fetching'] as const).flatMap((name) =>
    results[name].map((result) => describeLoad(name, result)),
  ),
);
console.log(
  `p50 of a small command: ${p50('idle').toFixed(1)} ms idle, ${p50('fetching').toFixed(1)} ms ` +
    `with ${FETCHES} fetches under way, ratio ${(p50('fetching') / p50('idle')).toFixed(2)}`,
);
client.close();
slow.close();
slow.closeAllConnections();
await github.close();

/** Small changes of releases of their own, by a few clients. */
async function measure(name: string): Promise<LoadResult> {
  for (let number = 0; number < CLIENTS; number += 1) {
    await send('POST', `${organization}/releases/`, {
      version: `${name}-${number}`,
      projects: ['web'],
    });
  }
  return load(CLIENTS, DURATION_MS, async (number, round) => {
    await send('PUT', `${organization}/releases/${name}-${number}/`, { ref: String(round) });
  });
}

/** Each from a repository of its own, because a range is fetched once. */
async function startFetches(round: number): Promise<string[]> {
  const names = Array.from({ length: FETCHES }, (_, index) => `${run}/${round}-${index}`);
  for (const name of names) {
    await send('POST', `${organization}/repos/`, {
      name,
      provider: 'github',
      url: `${host}/acme/web`,
    });
  }
  const versions = names.map((name) => name.replace('/', '-'));
  for (const [index, version] of versions.entries()) {
    await send('POST', `${organization}/releases/`, {
      version,
      projects: ['web'],
      refs: [{ repository: names[index], commit: shas.at(-1), previousCommit: base }],
    });
  }
  return versions;
}

async function inFlight(versions: readonly string[]): Promise<number> {
  let count = 0;
  for (const version of versions) {
    const text = await send('GET', `/api/slipway/v1/releases/acme/${version}/sync`, {});
    const { state } = JSON.parse(text) as { state: string };
    if (state === 'failed') throw new Error(`The fetch of ${version} failed: ${text}`);
    if (state !== 'complete') count += 1;
  }
  return count;
}

async function send(method: string, path: string, body: unknown): Promise<string> {
  const { status, text } = await client.send(method, path, body);
  if (status >= 300) throw new Error(`${method} ${path} answered ${status}: ${text}`);
  return text;
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}
