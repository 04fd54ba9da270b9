import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Temporal's native module has crashed in worker threads before (sdk-typescript#876): processes only.
    pool: 'forks',
    // Two cores carry Postgres, Redis, Temporal and the tests: more forks only wait for each other.
    maxWorkers: 2,
    globalSetup: ['test/globalSetup.ts'],
    // Real servers on two shared, noisy cores: what fails for the load of a moment passes the second time, a broken
    // promise fails twice.
    retry: 1,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
