import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach } from 'vitest';
import { createActivities } from '../../activities/createActivities.ts';
import type { RunInput } from '../../activities/release/releaseActivities.ts';
import { Mailbox } from '../../api/mailbox/mailbox.ts';
import { ReleaseActor } from '../../api/mailbox/releaseActor.ts';
import type { NewOperation } from '../../db/operations/insertOperations.ts';
import { createPool, type Pool } from '../../db/pool.ts';
import { releaseWorkflowId, type ReleaseKey, type ReleaseStep } from '../../domain/operation.ts';
import type { OperationBody } from '../../domain/releaseCommands.ts';
import { createLogger } from '../../infra/logger.ts';
import { uuidV7 } from '../../infra/uuidV7.ts';
import { createWorker } from '../../worker/createWorker.ts';
import { pauseSignal, stateQuery } from '../../workflows/messages.ts';
import type { release } from '../../workflows/release.ts';
import { releaseStart, type ReleaseThresholds } from '../../workflows/releaseStart.ts';
import { TEST_HOST, useSlipway, type TestSlipway } from './slipway.ts';

type Activities = ReturnType<typeof createActivities>;

export type WorkerOptions = Readonly<{
  maxCachedWorkflows?: number;
  /** Where the worker finds Postgres; the test's own database unless given. */
  databaseUrl?: string;
  /** Failpoints: what is returned stands in for activities of the product. */
  failpoints?: (activities: Activities) => Partial<Activities>;
}>;

const logger = createLogger('test', process.env['TEST_LOG_LEVEL'] ?? 'silent');

/** The parts around the release actor, one by one: workers with failpoints, mailboxes with thresholds, rows to look at. */
export class ActorBench {
  readonly slipway: TestSlipway;
  private readonly stops = new Set<() => Promise<void>>();

  constructor(slipway: TestSlipway) {
    this.slipway = slipway;
  }

  get databaseUrl(): string {
    return this.slipway.pool.options.connectionString!;
  }

  key(version: string): ReleaseKey {
    return { organizationId: this.slipway.tenant.organizationId, version };
  }

  handle(version: string) {
    return this.slipway.temporal.client.workflow.getHandle<typeof release>(
      releaseWorkflowId(this.key(version)),
    );
  }

  /** Starts the actor ahead of its first command, with other thresholds; they stay through continue-as-new. */
  async startActor(version: string, thresholds: Partial<ReleaseThresholds> = {}) {
    return this.slipway.temporal.client.workflow.start<typeof release>('release', {
      ...releaseStart(this.key(version), 'acme', thresholds),
    });
  }

  /** A signal takes effect when its workflow has seen it, after the pass in progress. */
  async pause(version: string): Promise<void> {
    await this.handle(version).signal(pauseSignal);
    await eventually(async () =>
      (await this.handle(version).query(stateQuery)).paused ? true : undefined,
    );
  }

  pool(databaseUrl = this.databaseUrl, statementTimeoutMs = 9_000): Pool {
    return createPool({
      databaseUrl,
      applicationName: 'slipway-test-worker',
      max: 20,
      statementTimeoutMs,
      onError: () => undefined,
    });
  }

  activities(pool: Pool): Activities {
    return createActivities({
      pool,
      client: this.slipway.temporal.client,
      logger,
      instanceHost: TEST_HOST,
    });
  }

  /** A worker that is stopped after the test, unless it was before. */
  async startWorker(options: WorkerOptions = {}): Promise<{ stop: () => Promise<void> }> {
    const pool = this.pool(options.databaseUrl);
    const activities = this.activities(pool);
    const { nativeConnection, namespace, client } = this.slipway.temporal;
    const worker = await createWorker({
      connection: nativeConnection,
      namespace,
      pool,
      client,
      logger,
      instanceHost: TEST_HOST,
      activities: { ...activities, ...options.failpoints?.(activities) },
      ...(options.maxCachedWorkflows === undefined
        ? {}
        : { maxCachedWorkflows: options.maxCachedWorkflows }),
    });
    const ran = worker.run().finally(() => pool.end());
    const stop = async (): Promise<void> => {
      if (!this.stops.delete(stop)) return;
      worker.shutdown();
      await ran;
    };
    this.stops.add(stop);
    return { stop };
  }

  /** Its setCommits waits at a gate; `reached` says when it stands there. */
  async startGatedWorker() {
    const gate = Promise.withResolvers<null>();
    const reached = Promise.withResolvers<null>();
    await this.startWorker({
      failpoints: (activities) => ({
        setCommits: async (input) => {
          reached.resolve(null);
          await gate.promise;
          return activities.setCommits(input);
        },
      }),
    });
    return { gate, reached: reached.promise };
  }

  async stopWorkers(): Promise<void> {
    await Promise.all([...this.stops].map((stop) => stop()));
  }

  /** The API's side of the mailbox without HTTP in front. */
  mailbox(options: Readonly<{ waitMs?: number }> & Partial<ReleaseThresholds> = {}): Mailbox {
    const { waitMs = 8_000, ...thresholds } = options;
    const { client } = this.slipway.temporal;
    const actor = new ReleaseActor(client, waitMs, thresholds);
    return new Mailbox({ pool: this.slipway.pool, actor, waitMs, logger });
  }

  operation(
    version: string,
    kind: keyof typeof bodies,
    idempotencyKey: string | null = null,
  ): NewOperation {
    const body = bodies[kind](this.slipway.tenant.web.id);
    return {
      id: uuidV7(),
      release: this.key(version),
      kind: `release.${kind}`,
      steps: Object.keys(body) as ReleaseStep[],
      size: body.setCommits?.commits.length ?? 0,
      body,
      bodyHash: createHash('sha256').update(JSON.stringify(body)).digest(),
      idempotencyKey,
      actor: { kind: 'user', userId: null, tokenId: null },
    };
  }

  async store(operation: NewOperation): Promise<RunInput> {
    await this.slipway.pool.query(
      `insert into operation (id, organization_id, release_version, kind, steps, size, body, body_hash, actor)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [
        operation.id,
        operation.release.organizationId,
        operation.release.version,
        operation.kind,
        operation.steps,
        operation.size,
        JSON.stringify(operation.body),
        operation.bodyHash,
        JSON.stringify(operation.actor),
      ],
    );
    return { release: operation.release, operationIds: [operation.id] };
  }

  async operations(version: string): Promise<StoredOperation[]> {
    const { rows } = await this.slipway.pool.query<StoredOperation>(
      `select id, kind, status, attempts, last_error, outcome, finished_at::text, cardinality(steps) as steps
         from operation where organization_id = $1 and release_version = $2 order by seq`,
      [this.slipway.tenant.organizationId, version],
    );
    return rows;
  }

  async release(version: string): Promise<StoredRelease | undefined> {
    const { rows } = await this.slipway.pool.query<StoredRelease>(
      `select applied_revision::int, commit_count, total_deploys, date_released::text, status, ref,
              (select count(*)::int from deploy where release_id = release.id) as deploys,
              (select count(*)::int from release_commit where release_id = release.id) as commits
         from release where organization_id = $1 and version = $2`,
      [this.slipway.tenant.organizationId, version],
    );
    return rows[0];
  }

  /** Waits until no operation of the release is pending. */
  async settled(version: string): Promise<StoredOperation[]> {
    return eventually(async () => {
      const operations = await this.operations(version);
      return operations.every(({ status }) => status !== 'pending') ? operations : undefined;
    });
  }
}

export type StoredOperation = Readonly<{
  id: string;
  kind: string;
  status: 'pending' | 'done' | 'failed';
  attempts: number;
  last_error: string | null;
  outcome: any;
  finished_at: string | null;
  steps: number;
}>;

export type StoredRelease = Readonly<{
  applied_revision: number;
  commit_count: number;
  total_deploys: number;
  date_released: string | null;
  status: string;
  ref: string | null;
  deploys: number;
  commits: number;
}>;

const bodies = {
  create: (projectId): OperationBody => ({
    createRelease: {
      projectIds: [projectId],
      ref: null,
      url: null,
      ownerId: null,
      dateReleased: null,
      status: null,
      userAgent: null,
      family: 'organization',
    },
  }),
  finalize: (): OperationBody => ({
    updateRelease: {
      ref: null,
      url: null,
      dateReleased: '2026-01-01T00:00:00.000000Z',
      status: null,
      projectId: null,
    },
  }),
  deploy: (): OperationBody => ({
    recordDeploys: {
      environment: 'production',
      name: null,
      url: null,
      dateStarted: null,
      dateFinished: null,
      projectIds: null,
      fingerprint: createHash('sha256').update(randomUUID()).digest('hex'),
      hasIdempotencyKey: false,
    },
  }),
  commits: (): OperationBody => ({
    setCommits: { commits: [{ id: 'c'.repeat(40), repository: 'acme/web', message: 'one' }] },
  }),
} satisfies Record<string, (projectId: string) => OperationBody>;

/** One attempt of an activity outside of any worker. */
export function activityAttempt(
  info: ConstructorParameters<typeof MockActivityEnvironment>[0],
): MockActivityEnvironment {
  // Attempts that are meant to fail would print their stacks.
  return new MockActivityEnvironment(info, { logger: new DefaultLogger('ERROR', () => undefined) });
}

/** A Slipway whose workers the tests start themselves; those still running after a test are stopped. */
export function useActorBench(environment: Readonly<Record<string, string>> = {}): ActorBench {
  const bench = new ActorBench(useSlipway({ worker: false, environment }));
  afterEach(() => bench.stopWorkers());
  return bench;
}

/** Asks until the answer is something else than undefined; a test that waits for ever fails by its own timeout. */
export async function eventually<T>(ask: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await delay(20);
  }
}
