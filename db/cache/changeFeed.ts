import pg from 'pg';
import type { Logger } from '../../infra/logger.ts';
import { CHANGE_CHANNEL } from '../pool.ts';

const RECONNECT_MS = 500;

/** How long a connection that has died silently goes unnoticed, at most; nothing is read from the cache by then. */
const HEARTBEAT_MS = 10_000;
const ANSWER_TIMEOUT_MS = 5_000;

export type ChangeListener = Readonly<{
  /** Every change from now on will be heard of. `space` names the database among all others. */
  opened: (space: string) => void;
  changed: (change: string) => void;
  /** Changes may be missed until `opened`. */
  closed: () => void;
}>;

/**
 * Hears of every change of a cached row, whoever makes it: another process, the admin tool, or a person with psql.
 * Postgres tells it after the commit and loses none while the connection stands.
 */
export class ChangeFeed {
  private readonly databaseUrl: string;
  private readonly listener: ChangeListener;
  private readonly logger: Logger;
  private client: pg.Client | null = null;
  private timer: NodeJS.Timeout | undefined;
  private connecting: Promise<void> = Promise.resolve();
  private isStopped = false;

  constructor(
    options: Readonly<{ databaseUrl: string; listener: ChangeListener; logger: Logger }>,
  ) {
    this.databaseUrl = options.databaseUrl;
    this.listener = options.listener;
    this.logger = options.logger;
  }

  start(): void {
    this.connecting = this.connect();
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    clearTimeout(this.timer);
    await this.connecting;
    clearTimeout(this.timer);
    const { client } = this;
    this.client = null;
    await client?.end().catch(() => undefined);
  }

  private async connect(): Promise<void> {
    const client = new pg.Client({
      connectionString: this.databaseUrl,
      application_name: 'slipway-changes',
      connectionTimeoutMillis: ANSWER_TIMEOUT_MS,
      query_timeout: ANSWER_TIMEOUT_MS,
      keepAlive: true,
    });
    this.client = client;
    const lost = (error?: unknown): void => this.reconnect(client, error);
    client.on('error', lost);
    client.on('end', () => lost());
    client.on('notification', ({ payload }) => this.listener.changed(payload ?? ''));
    try {
      await client.connect();
      await client.query(`listen ${CHANGE_CHANNEL}`);
      const { rows } = await client.query<{ space: string }>(SPACE);
      if (this.client !== client) return;
      this.listener.opened(rows[0]?.space ?? '');
      this.beat(client);
    } catch (error) {
      lost(error);
    }
  }

  private beat(client: pg.Client): void {
    this.timer = setTimeout(() => {
      client.query({ name: 'heartbeat', text: '/* heartbeat */ select 1' }).then(
        () => this.client === client && !this.isStopped && this.beat(client),
        (error: unknown) => this.reconnect(client, error),
      );
    }, HEARTBEAT_MS);
    this.timer.unref();
  }

  /** Only the first reason counts: an error is followed by an end. */
  private reconnect(client: pg.Client, error?: unknown): void {
    if (this.client !== client) return;
    this.client = null;
    clearTimeout(this.timer);
    this.listener.closed();
    client.end().catch(() => undefined);
    if (this.isStopped) return;
    this.logger.debug({ err: error }, 'Changes are not heard of; the cache is not read until then');
    this.timer = setTimeout(() => this.start(), RECONNECT_MS);
    this.timer.unref();
  }
}

/** A cluster has an identifier of its own, also when its copy runs on the same machine. */
const SPACE = `select (select system_identifier from pg_control_system()) || '.' || oid as space
                 from pg_database where datname = current_database()`;
