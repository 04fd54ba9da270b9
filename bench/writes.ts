import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HttpClient } from './httpClient.ts';
import { describeLoad, load } from './load.ts';
import { startReference } from './startReference.ts';

const DURATION_MS = Number(process.env['BENCH_MS'] ?? 8_000);

/**
 * Small commands through HTTP against a running `npm start` (SLIPWAY_DIR), beside a reference in the same run: a bare
 * Hono server that does one insert for each request, with the same clients and the same database.
 */
const dev = JSON.parse(
  await readFile(join(process.env['SLIPWAY_DIR'] ?? '.slipway', 'dev.json'), 'utf8'),
) as { url: string; token: string; databaseUrl: string };

const path = (version: string): string => `/api/0/organizations/acme/releases/${version}/`;
const run = `bench-${Date.now()}`;
const rows: Record<string, string | number>[] = [];

const reference = await startReference(dev.databaseUrl, 'json');
await warmUp();
for (const clients of [1, 16, 64]) {
  const bare = new HttpClient(reference.url, dev.token, clients);
  rows.push(
    describeLoad(
      `reference: bare insert, ${clients} clients`,
      await load(clients, DURATION_MS / 4, async () => {
        const { status } = await bare.send('PUT', '/', { ref: 'x' });
        if (status !== 200) throw new Error(`The reference answered ${status}`);
      }),
    ),
  );
  bare.close();
  const client = new HttpClient(dev.url, dev.token, clients);
  const version = `${run}-${clients}`;
  await client.send('POST', '/api/0/organizations/acme/releases/', { version, projects: ['web'] });
  rows.push(
    describeLoad(
      `one hot release, ${clients} clients`,
      await load(clients, DURATION_MS, async (number, round) => {
        const { status, text } = await client.send('PUT', path(version), {
          ref: `${number}-${round}`,
        });
        if (status !== 200) throw new Error(`Slipway answered ${status}: ${text}`);
      }),
    ),
  );
  client.close();
}
await reference.stop();
console.table(rows);

/** A stack that has just started still compiles: the first hundreds of commands say more about that than about it. */
async function warmUp(): Promise<void> {
  const client = new HttpClient(dev.url, dev.token, 16);
  const version = `${run}-warm-up`;
  await client.send('POST', '/api/0/organizations/acme/releases/', { version, projects: ['web'] });
  await load(16, DURATION_MS / 4, async (number, round) => {
    await client.send('PUT', path(version), { ref: `${number}-${round}` });
  });
  client.close();
}
