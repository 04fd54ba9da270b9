import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import pg from 'pg';
import { HttpClient } from './httpClient.ts';
import { describeLoad, load } from './load.ts';

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

const reference = await startReference(dev.databaseUrl);
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

async function startReference(
  databaseUrl: string,
): Promise<{ url: string; stop: () => Promise<void> }> {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 20 });
  await pool.query(
    'create table if not exists bench_reference (id bigint generated always as identity, body json)',
  );
  const app = new Hono();
  app.put('/', async (c) => {
    await pool.query({
      name: 'insert',
      text: 'insert into bench_reference (body) values ($1)',
      values: [await c.req.text()],
    });
    return c.json({ status: 'ok' });
  });
  const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 });
  await new Promise<void>((resolve) => server.once('listening', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    stop: async () => {
      server.close();
      await pool.query('drop table bench_reference');
      await pool.end();
    },
  };
}
