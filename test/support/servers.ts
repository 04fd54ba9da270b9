import { inject } from 'vitest';

export type TestServers = Readonly<{
  redisUrl: string;
  temporalAddress: string;
  temporalNamespace: string;
}>;

/** Addresses of the servers of this run; they are shared, so keys, queues and ids must be a test file's own. */
export function testServers(): TestServers {
  return {
    redisUrl: inject('redisUrl'),
    temporalAddress: inject('temporalAddress'),
    temporalNamespace: inject('temporalNamespace'),
  };
}
