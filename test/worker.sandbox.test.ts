import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectTemporal, type TestTemporal } from './support/temporal.ts';
import { temporaryFolder } from './support/temporaryFolder.ts';

const PROGRAM = fileURLToPath(new URL('support/sandbox/workerProcess.ts', import.meta.url));
const LIMIT_MS = 500;

let temporal: TestTemporal;
let child: ChildProcess;
const taskQueue = `sandbox-${randomUUID()}`;
const stateDir = temporaryFolder(afterAll);

beforeAll(async () => {
  temporal = await connectTemporal();
});

afterAll(async () => {
  child.kill('SIGKILL');
  await temporal.close();
});

function startWorker(): { output: () => string } {
  let output = '';
  const { address, namespace } = temporal;
  child = spawn(
    process.execPath,
    [PROGRAM, address, namespace, taskQueue, stateDir, String(LIMIT_MS)],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (data: Buffer) => (output += data.toString()));
  }
  return { output: () => output };
}

const start = (type: string) =>
  temporal.client.workflow.start(type, {
    taskQueue,
    workflowId: `${type}-${randomUUID()}`,
    args: [],
  });

test('a workflow that never yields ends the worker; the next one fails its task alone and serves the others', async () => {
  const first = startWorker();
  await expect((await start('quick')).result()).resolves.toBe('done');

  const exited = once(child, 'exit');
  const spinning = await start('spin');
  await expect(exited).resolves.toEqual([1, null]);
  expect(first.output()).toContain('Workflow code did not return within its time');
  expect(existsSync(join(stateDir, 'sandbox-stuck'))).toBe(true);

  await spinning.terminate();

  const second = startWorker();
  const spinningAgain = await start('spin');
  await expect
    .poll(async () => failuresOf(await spinningAgain.fetchHistory()), { timeout: 60_000 })
    .toEqual([expect.stringContaining('Script execution timed out')]);
  expect(second.output()).toContain('using the standard sandbox');
  await expect((await start('quick')).result()).resolves.toBe('done');
  await spinningAgain.terminate();
}, 120_000);

function failuresOf(
  history: Awaited<ReturnType<Awaited<ReturnType<typeof start>>['fetchHistory']>>,
) {
  return (history.events ?? []).flatMap(
    (event) => event.workflowTaskFailedEventAttributes?.failure?.message ?? [],
  );
}
