import { ApplicationFailure } from '@temporalio/common';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { mkdirSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { nudgeSignal, resumeSignal } from '../workflows/messages.ts';
import { eventually, useActorBench, type WorkerOptions } from './support/actor.ts';
import { replayHistory } from './support/replay.ts';

/**
 * Plays what releases go through and replays each history at once. With SLIPWAY_RECORD_HISTORIES=1 the histories are
 * kept in test/histories/, where test/replay.test.ts holds later versions of the workflows against them.
 */
const bench = useActorBench();
const FOLDER = new URL('histories/', import.meta.url);

type Scenario = Readonly<{ worker?: WorkerOptions; play: (version: string) => Promise<void> }>;

const scenarios: Readonly<Record<string, Scenario>> = {
  pipeline: {
    play: async (version) => {
      for (const kind of ['create', 'commits', 'deploy', 'finalize'] as const) {
        await submit(version, kind);
      }
    },
  },
  parallelDrains: {
    play: async (version) => {
      await submit(version, 'create');
      // Mailboxes do not share their drains: each is an update of its own.
      await Promise.all(
        Array.from({ length: 40 }, (_, index) =>
          submit(version, (['deploy', 'finalize', 'commits'] as const)[index % 3]!),
        ),
      );
    },
  },
  pauseAndResume: {
    play: async (version) => {
      await submit(version, 'create');
      await bench.pause(version);
      await submit(version, 'deploy');
      await bench.handle(version).signal(nudgeSignal);
      await bench.handle(version).signal(resumeSignal);
      await bench.settled(version);
      await submit(version, 'finalize');
    },
  },
  bulk: {
    play: async (version) => {
      await bench.startActor(version, { bulkSize: 0 });
      await submit(version, 'create');
      await Promise.all([submit(version, 'commits'), submit(version, 'deploy')]);
    },
  },
  failedPass: {
    worker: { failpoints: failFirst(2) },
    play: async (version) => {
      await bench.startActor(version);
      await bench.store(bench.operation(version, 'create'));
      await bench.settled(version);
      await submit(version, 'deploy');
    },
  },
  idleCompletion: {
    play: async (version) => {
      await bench.startActor(version, { idleMs: 1 });
      await submit(version, 'create');
      await bench.handle(version).result();
    },
  },
  cancellation: {
    play: async (version) => {
      await submit(version, 'create');
      await bench.handle(version).cancel();
      await expect(bench.handle(version).result()).rejects.toThrow();
    },
  },
  continueAsNew: {
    play: async (version) => {
      await bench.startActor(version, { maxEvents: 30 });
      const first = (await bench.handle(version).describe()).runId;
      await submit(version, 'create');
      await eventually(async () => {
        await Promise.all([submit(version, 'deploy'), submit(version, 'finalize')]);
        const { runId } = await bench.handle(version).describe();
        return runId === first ? undefined : runId;
      });
      await submit(version, 'commits');
    },
  },
};

function failFirst(count: number): NonNullable<WorkerOptions['failpoints']> {
  let left = count;
  return (activities) => ({
    nextOperations: async (query) => {
      left -= 1;
      if (left >= 0) throw ApplicationFailure.nonRetryable('not now', 'PermanentError');
      return activities.nextOperations(query);
    },
  });
}

/** Who recorded it where is nobody's business, and would change with every recording. */
function withoutMachine(json: string): string {
  return json
    .replaceAll(/\d+@[\w.-]+/g, 'worker')
    .replaceAll(/"stackTrace": "(\\.|[^"\\])*"/g, '"stackTrace": ""');
}

async function submit(version: string, kind: Parameters<typeof bench.operation>[1]): Promise<void> {
  await bench.mailbox().submit(bench.operation(version, kind), 'acme');
}

test.each(Object.entries(scenarios))('%s replays as it was', async (name, { worker, play }) => {
  await bench.startWorker(worker);
  const version = `recorded-${name}`;
  await play(version);
  await bench.stopWorkers();

  const { client } = bench.slipway.temporal;
  const { workflowId } = bench.handle(version);
  const runIds: string[] = [];
  // The list of workflows is a little behind.
  const { runId: last } = await bench.handle(version).describe();
  await eventually(async () => {
    runIds.length = 0;
    const query = `WorkflowId = "${workflowId}"`;
    for await (const run of client.workflow.list({ query })) runIds.push(run.runId);
    return runIds.includes(last) ? true : undefined;
  });
  for (const [index, runId] of runIds.toReversed().entries()) {
    const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    await replayHistory(history);
    if (process.env['SLIPWAY_RECORD_HISTORIES'] !== '1') continue;
    mkdirSync(FOLDER, { recursive: true });
    const file = runIds.length === 1 ? `${name}.json` : `${name}.${index + 1}.json`;
    writeFileSync(new URL(file, FOLDER), `${withoutMachine(historyToJSON(history))}\n`);
  }
});
