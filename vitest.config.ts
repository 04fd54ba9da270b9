import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Temporal's native module has crashed in worker threads before (sdk-typescript#876): processes only.
    pool: 'forks',
    // Two cores carry Postgres, Redis, Temporal and the tests: more forks only wait for each other.
    maxWorkers: 2,
    globalSetup: ['test/globalSetup.ts'],
    testTimeout: 30_000,
    hookTimeout: 120_000,
  },
});
