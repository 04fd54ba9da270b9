import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import pg from 'pg';

/** A bare Hono server that does one insert for each request: what any server has to pay, on the same database. */
export async function startReference(
  databaseUrl: string,
  bodyType: 'json' | 'text',
): Promise<{ url: string; stop: () => Promise<void> }> {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 20 });
  await pool.query(
    `create table if not exists bench_reference (id bigint generated always as identity, body ${bodyType})`,
  );
  const app = new Hono();
  app.all('/', async (c) => {
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
