import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Runtime } from '@temporalio/worker';
import { inject } from 'vitest';
import { ensureSearchAttributes } from '../../worker/searchAttributes.ts';

export type TestTemporal = Readonly<{
  client: Client;
  connection: Connection;
  nativeConnection: NativeConnection;
  address: string;
  namespace: string;
  close: () => Promise<void>;
}>;

/** Silent, and one for the process however many files ask. */
const installRuntime = once(() =>
  Runtime.install({
    logger: { log() {}, trace() {}, debug() {}, info() {}, warn() {}, error() {} },
    telemetryOptions: { logging: { forward: {}, filter: 'ERROR' } },
    shutdownSignals: [],
  }),
);

/**
 * A namespace for each test process: workers of two files that run at the same time poll queues of the same names,
 * and each must only see its own database's releases.
 */
export async function connectTemporal(): Promise<TestTemporal> {
  installRuntime();
  const address = inject('temporalAddress');
  const namespace = `test-${process.env['VITEST_POOL_ID'] ?? '1'}`;
  const connection = await Connection.connect({ address });
  await ensureSearchAttributes(connection, namespace);
  const nativeConnection = await NativeConnection.connect({ address });
  return {
    client: new Client({ connection, namespace }),
    connection,
    nativeConnection,
    address,
    namespace,
    close: async () => {
      await nativeConnection.close();
      await connection.close();
    },
  };
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
