import { afterAll } from 'vitest';
import { createPool } from '../../db/pool.ts';
import { SecretBox } from '../../infra/secretBox.ts';
import { createOutboundWorker } from '../../worker/createOutboundWorker.ts';
import { eventually } from './actor.ts';
import { TEST_SECRET, type TestSlipway } from './slipway.ts';

export type StoredDelivery = Readonly<{
  id: string;
  state: string;
  attempts: number;
  last_status: number | null;
  last_response: string | null;
  last_error: string | null;
  workflow_id: string;
  type: string;
}>;

/** The worker of the outbound queue, and those whom it asks as rows: subscribers, and GitHub for its issues. */
export class Outbound {
  private readonly slipway: TestSlipway;
  private stopWorker: (() => Promise<void>) | null = null;

  constructor(slipway: TestSlipway) {
    this.slipway = slipway;
  }

  async start(allowPrivateUrls = true): Promise<void> {
    const { nativeConnection, namespace } = this.slipway.temporal;
    const pool = createPool({
      databaseUrl: this.slipway.pool.options.connectionString!,
      applicationName: 'slipway-test-outbound',
      max: 4,
      statementTimeoutMs: 9_000,
      onError: () => undefined,
    });
    const config = { secret: TEST_SECRET, allowPrivateUrls };
    const connection = nativeConnection;
    const worker = await createOutboundWorker({ connection, namespace, pool, config });
    const ran = worker.run().finally(() => pool.end());
    this.stopWorker = async () => {
      worker.shutdown();
      await ran;
    };
  }

  async stop(): Promise<void> {
    await this.stopWorker?.();
    this.stopWorker = null;
  }

  async subscribe(url: string, events: readonly string[], secret = 'shared'): Promise<string> {
    const { rows } = await this.slipway.pool.query<{ id: string }>(
      `insert into webhook (organization_id, url, events, secret_encrypted)
       values ($1, $2, $3, $4) returning id`,
      [this.slipway.tenant.organizationId, url, events, new SecretBox(TEST_SECRET).seal(secret)],
    );
    return rows[0]!.id;
  }

  /** A repository whose issues are at `githubUrl`, with the token `github-token`. */
  async addGitHubRepository(name: string, githubUrl: string): Promise<void> {
    await this.slipway.pool.query(
      `insert into repository (organization_id, name, provider, api_url, token_encrypted)
       values ($1, $2, 'integrations:github', $3, $4)`,
      [
        this.slipway.tenant.organizationId,
        name,
        `${githubUrl}/api/v3/`,
        new SecretBox(TEST_SECRET).seal('github-token'),
      ],
    );
  }

  async deliveries(webhookId: string): Promise<StoredDelivery[]> {
    const { rows } = await this.slipway.pool.query<StoredDelivery>(
      `select delivery.id, state, attempts, last_status, last_response, last_error, workflow_id, type
         from delivery join outbox on outbox.id = outbox_id
        where webhook_id = $1 order by delivery.date_added, outbox.id`,
      [webhookId],
    );
    return rows;
  }

  /** Waits until there are so many deliveries and none is pending. */
  finished(webhookId: string, count = 1): Promise<StoredDelivery[]> {
    return eventually(async () => {
      const deliveries = await this.deliveries(webhookId);
      const isDone = deliveries.every(({ state }) => state !== 'pending');
      return deliveries.length >= count && isDone ? deliveries : undefined;
    });
  }
}

export function useOutbound(slipway: TestSlipway): Outbound {
  const outbound = new Outbound(slipway);
  afterAll(() => outbound.stop());
  return outbound;
}
