import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Mailbox, Settled } from '../api/mailbox/mailbox.ts';
import { nudgeSignal, resumeSignal } from '../workflows/messages.ts';
import type { ReleaseThresholds } from '../workflows/releaseStart.ts';
import { useActorBench } from './support/actor.ts';

/**
 * The actor changes its run, its worker forgets it: no write is lost, refused, applied twice or slow.
 *   1. idle completion races with commands: the next run answers
 *   2. continue-as-new every few commands with sixteen clients
 *   3. no room in the cache: every task replays its workflow from the start, across pauses, nudges and runs
 */
const bench = useActorBench();

/** A command that a change of run lost would wait for the timeout of its task, five seconds; a busy machine does not. */
const CALL_MAX_MS = 3_000;

type Load = Readonly<{
  releases: readonly string[];
  clients: number;
  commands: number;
  pauseMs: number;
  thresholds: Partial<ReleaseThresholds>;
}>;

/** Clients who each send one command after the other; answers every outcome and how long the slowest call took. */
async function drive(load: Load): Promise<Readonly<{ outcomes: Settled[]; slowestMs: number }>> {
  const mailbox = bench.mailbox(load.thresholds);
  for (const version of load.releases) {
    await mailbox.submit(bench.operation(version, 'create'), 'acme');
  }
  const outcomes: Settled[] = [];
  let slowestMs = 0;
  const client = async (index: number): Promise<void> => {
    const version = load.releases[index % load.releases.length]!;
    for (let command = 0; command < load.commands; command += 1) {
      await delay(Math.random() * load.pauseMs);
      const began = Date.now();
      outcomes.push(await send(mailbox, version, command));
      slowestMs = Math.max(slowestMs, Date.now() - began);
    }
  };
  await Promise.all(Array.from({ length: load.clients }, (_, index) => client(index)));
  return { outcomes, slowestMs };
}

function send(mailbox: Mailbox, version: string, command: number): Promise<Settled> {
  return mailbox.submit(
    bench.operation(version, (['deploy', 'finalize', 'commits'] as const)[command % 3]!),
    'acme',
  );
}

function isNotApplied({ outcome }: Settled): boolean {
  return outcome === null || 'error' in outcome;
}

/** Workflow tasks that failed or timed out, in all runs of a release. */
async function failedTasks(version: string): Promise<unknown[]> {
  const { client } = bench.slipway.temporal;
  const failed: unknown[] = [];
  const { workflowId } = bench.handle(version);
  const query = `WorkflowId = "${workflowId}"`;
  for await (const { runId } of client.workflow.list({ query })) {
    const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    for (const event of history.events ?? []) {
      const task =
        event.workflowTaskFailedEventAttributes ?? event.workflowTaskTimedOutEventAttributes;
      if (task) failed.push(task);
    }
  }
  return failed;
}

async function runsOf(version: string): Promise<number> {
  const { client } = bench.slipway.temporal;
  let runs = 0;
  const query = `WorkflowId = "${bench.handle(version).workflowId}"`;
  for await (const _ of client.workflow.list({ query })) runs += 1;
  return runs;
}

test('commands that meet an idle completion are answered by the next run', async () => {
  await bench.startWorker();
  const releases = Array.from({ length: 6 }, (_, index) => `idle-${index}`);
  const load = { releases, clients: 12, commands: 9, pauseMs: 600, thresholds: { idleMs: 1 } };
  const { outcomes, slowestMs } = await drive(load);
  expect(outcomes.filter(isNotApplied)).toEqual([]);
  for (const version of releases) {
    expect(await bench.release(version)).toMatchObject({ applied_revision: 19, deploys: 6 });
  }
  expect(Math.min(...(await Promise.all(releases.map(runsOf))))).toBeGreaterThan(1);
  expect(slowestMs).toBeLessThan(CALL_MAX_MS);
});

test('continue-as-new every few commands loses none of sixteen clients', async () => {
  await bench.startWorker();
  const { outcomes, slowestMs } = await drive({
    releases: ['rolling'],
    clients: 16,
    commands: 15,
    pauseMs: 10,
    thresholds: { maxEvents: 30 },
  });
  expect(outcomes.filter(isNotApplied)).toEqual([]);
  expect(await bench.release('rolling')).toMatchObject({ applied_revision: 241, deploys: 80 });
  expect(await runsOf('rolling')).toBeGreaterThan(2);
  expect(slowestMs).toBeLessThan(CALL_MAX_MS);
});

test('releases that push each other out of the cache replay for every command and go on', async () => {
  await bench.startWorker({ maxCachedWorkflows: 1 });
  const releases = ['evicted-a', 'evicted-b'];
  const mailbox = bench.mailbox({ maxEvents: 40 });
  for (const version of releases) await mailbox.submit(bench.operation(version, 'create'), 'acme');
  for (let command = 0; command < 12; command += 1) {
    for (const version of releases) {
      if (command === 4) await bench.pause(version);
      if (command === 7) await bench.handle(version).signal(resumeSignal);
      if (command === 9) await bench.handle(version).signal(nudgeSignal);
      await send(mailbox, version, command);
    }
  }
  for (const version of releases) {
    await bench.settled(version);
    expect(await bench.release(version)).toMatchObject({ applied_revision: 13, deploys: 4 });
    expect(await failedTasks(version)).toEqual([]);
  }
});
