import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { TestSlipway } from './slipway.ts';

/** Starts a worker of `test/fixtures` in a process of its own, to be killed; it takes work when this resolves. */
export async function startFixtureWorker(
  fixture: string,
  { pool, temporal }: TestSlipway,
): Promise<ChildProcess> {
  const { address, namespace } = temporal;
  const program = join(import.meta.dirname, '../fixtures', fixture);
  const child = spawn(
    process.execPath,
    [program, pool.options.connectionString!, address, namespace],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const exited = once(child, 'exit').then(() => null);
  const polls = await Promise.race([once(child.stdout, 'data'), exited]);
  expect(polls, 'the worker did not start').not.toBeNull();
  return child;
}
