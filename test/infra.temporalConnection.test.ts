import { Client } from '@temporalio/client';
import { expect, test } from 'vitest';
import { lazyTemporalConnection } from '../infra/temporalConnection.ts';
import { freePorts } from '../scripts/process/ports.ts';

test('a connection that is closed while its calls are repeated leaves no call without an answer', async () => {
  const [port] = await freePorts(1);
  const { connection, close } = lazyTemporalConnection({
    address: `127.0.0.1:${port}`,
    connectTimeout: 500,
  });
  const client = new Client({ connection });
  const settled: string[] = [];
  const calls = [1, 2, 3].map((number) =>
    client.workflow
      .getHandle(`nobody-${number}`)
      .describe()
      .catch(() => settled.push(`call ${number}`)),
  );
  // By then every call has failed at least once, and waits to be repeated.
  await expect(connection.ensureConnected()).rejects.toThrow();
  await close();
  expect(settled.sort()).toEqual(['call 1', 'call 2', 'call 3']);
  await Promise.all(calls);
});
