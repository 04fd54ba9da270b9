import { ApplicationFailure } from '@temporalio/common';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { mkdirSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { PassInput } from '../activities/housekeeping/housekeepingActivities.ts';
import { OutboxRelay } from '../activities/outbox/outboxRelay.ts';
import type { DeletionTarget } from '../db/deletion/deletionModel.ts';
import { appendOutbox } from '../db/outbox/appendOutbox.ts';
import { transaction } from '../db/pool.ts';
import { createLogger } from '../infra/logger.ts';
import { deletionWorkflowId } from '../workflows/deletionStart.ts';
import { nudgeSignal, resumeSignal, retryNowSignal } from '../workflows/messages.ts';
import { releaseTaskQueue } from '../workflows/releaseStart.ts';
import { eventually, useActorBench, type WorkerOptions } from './support/actor.ts';
import { createFullOrganization, createFullProject } from './support/fullTenant.ts';
import { useOutbound, type StoredDelivery } from './support/outbound.ts';
import { useReceiver } from './support/receiver.ts';
import { replayHistory } from './support/replay.ts';

/**
 * Plays what releases, deliveries, deletions and passes of housekeeping go through and replays each history at once. With
 * SLIPWAY_RECORD_HISTORIES=1 the histories are kept in test/histories/, where test/replay.test.ts holds later versions of
 * the workflows against them.
 */
const bench = useActorBench();
const outbound = useOutbound(bench.slipway);
const receiver = useReceiver();
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
  await replayRuns(name, bench.handle(version).workflowId);
});

const passActivities = [
  'reopenIgnoredIssues',
  'settleNextReleases',
  'expireEvents',
  'deleteRemovedIssues',
  'resolveAgedIssues',
  'expireAnswers',
] as const;

/** Each activity of a pass is called twice: once with more to come, once to the end. */
const inTwoSteps: NonNullable<WorkerOptions['failpoints']> = (activities) =>
  Object.fromEntries(
    passActivities.map((name) => [
      name,
      async (input: PassInput) =>
        input.cursor === null ? { rows: 7, cursor: '0' } : activities[name](input),
    ]),
  );

// `retention.json` is of before answers were forgotten, and stays.
test.each([
  ['expireResolutions', 'expireResolutions'],
  ['retention.answers', 'retention'],
])('%s replays as it was', async (name, workflowType) => {
  await bench.startWorker({ failpoints: inTwoSteps });
  const workflowId = `recorded-${name}-${bench.slipway.tenant.organizationId}`;
  const { client } = bench.slipway.temporal;
  await client.workflow.execute(workflowType, { workflowId, taskQueue: releaseTaskQueue });
  await bench.stopWorkers();
  await replayRuns(name, workflowId);
});

type Reply = (typeof receiver.script)[number];

describe('deliveries', () => {
  const busy: Reply = { status: 503, headers: { 'Retry-After': '50' } };

  test.each<[string, readonly Reply[], string]>([
    ['delivered', [], 'delivered'],
    ['deliveredLater', [{ status: 500 }, { status: 503 }], 'delivered'],
    ['retriedNow', [busy], 'delivered'],
    ['refused', [{ status: 410 }], 'failed'],
    ['givenUp', [{ status: 503, headers: { 'Retry-After': '3600' } }], 'failed'],
  ])('%s replays as it was', async (name, replies, state) => {
    await outbound.start();
    const webhook = await outbound.subscribe(receiver.url, ['release.created']);
    receiver.script = [...replies];
    await announce(name);
    const [{ workflow_id: workflowId }] = (await outbound.deliveries(webhook)) as [StoredDelivery];
    const handle = bench.slipway.temporal.client.workflow.getHandle(workflowId);
    if (replies.includes(busy)) {
      await eventually(async () => (await outbound.deliveries(webhook))[0]?.attempts || undefined);
      await handle.signal(retryNowSignal);
    }
    expect(await handle.result()).toEqual({ state });
    await outbound.stop();
    await bench.slipway.pool.query('delete from webhook');
    await replayRuns(`deliver.${name}`, workflowId);
  });
});

describe('deletions', () => {
  const { slipway } = bench;
  const nudge = (target: Parameters<typeof deletionWorkflowId>[0]) =>
    slipway.temporal.client.workflow.getHandle(deletionWorkflowId(target)).signal(nudgeSignal);

  /** Asks for the deletion over HTTP; its time comes when `isDue`. */
  async function order(target: DeletionTarget, path: string, isDue: boolean): Promise<void> {
    const { status } = await slipway.call('DELETE', path);
    expect([202, 204]).toContain(status);
    if (!isDue) return;
    await slipway.pool.query(
      'update scheduled_deletion set date_scheduled = now() where object_id = $1',
      [target.id],
    );
    await nudge(target);
  }

  test.each<[string, DeletionTarget['model'], 'deleted' | 'takenBack']>([
    ['deleteProject.deleted', 'project', 'deleted'],
    ['deleteProject.takenBack', 'project', 'takenBack'],
    ['deleteOrganization.deleted', 'organization', 'deleted'],
    ['deleteOrganization.takenBack', 'organization', 'takenBack'],
  ])('%s replays as it was', async (name, model, outcome) => {
    const slug = name.toLowerCase().replace('.', '-');
    const { pool, tenant } = slipway;
    const organization = await createFullOrganization(pool, slug, tenant.ownerId);
    const projectId = await createFullProject(pool, organization, 'web');
    const isProject = model === 'project';
    const target = { model, id: isProject ? projectId : organization.organizationId };
    if (!isProject) await bench.startWorker();
    await order(
      target,
      isProject ? `/api/0/projects/${slug}/web/` : `/api/0/organizations/${slug}/`,
      outcome === 'deleted' && !isProject,
    );
    if (outcome === 'takenBack') {
      const restored = isProject
        ? await slipway.call(
            'POST',
            `/api/slipway/v1/organizations/${slug}/projects/${projectId}/restore/`,
          )
        : await slipway.call('PUT', `/api/0/organizations/${slug}/`, {
            body: { cancelDeletion: true },
          });
      expect(restored.status).toBe(200);
    }
    if (isProject) await bench.startWorker();
    const workflowId = deletionWorkflowId(target);
    const result = await slipway.temporal.client.workflow.getHandle(workflowId).result();
    expect(result).toMatchObject({ outcome });
    await bench.stopWorkers();
    await replayRuns(name, workflowId);
  });
});

/** One event for whoever subscribes, and the start of its delivery. */
async function announce(version: string): Promise<void> {
  const { pool, tenant, temporal } = bench.slipway;
  const { organizationId } = tenant;
  await transaction(pool, (tx) =>
    appendOutbox(tx, organizationId, [
      { type: 'release.created', projectIds: [tenant.web.id], payload: { release: { version } } },
    ]),
  );
  const relay = {
    pool,
    client: temporal.client,
    logger: createLogger('test', 'silent'),
    deliveryTimes: { retryForMs: 60_000, pauseMs: { first: 1, longest: 1 } },
  };
  await new OutboxRelay(relay).relayWaiting(organizationId);
}

/** Replays every run of a workflow, and keeps their histories where that is asked for. */
async function replayRuns(name: string, workflowId: string): Promise<void> {
  const { client } = bench.slipway.temporal;
  const runIds: string[] = [];
  // The list of workflows is a little behind.
  const { runId: last } = await client.workflow.getHandle(workflowId).describe();
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
}
