import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll } from 'vitest';
import { createApp } from '../../api/app.ts';
import type { AppContext } from '../../api/context.ts';
import type { Caches } from '../../api/createCaches.ts';
import { createContext } from '../../api/createContext.ts';
import { listen } from '../../api/http/listen.ts';
import { createPool, type Pool } from '../../db/pool.ts';
import type { Scope } from '../../domain/scopes.ts';
import { scopes as allScopes } from '../../domain/scopes.ts';
import { readConfig } from '../../infra/config.ts';
import { createLogger } from '../../infra/logger.ts';
import { createScmWorker } from '../../worker/createScmWorker.ts';
import { createWorker } from '../../worker/createWorker.ts';
import type { DeliveryTimes } from '../../workflows/deliverStart.ts';
import type { FetchTimes } from '../../workflows/fetchStart.ts';
import { cloneDatabase } from './database.ts';
import { testServers } from './servers.ts';
import { connectTemporal, type TestTemporal } from './temporal.ts';
import { createTenant, TEST_PUBLIC_URL, type Tenant } from './tenant.ts';

export type ApiAnswer = Readonly<{ status: number; headers: Headers; body: any; text: string }>;

export type CallOptions = Readonly<{
  token?: string | null;
  body?: unknown;
  /** Sent as it is, instead of `body` as JSON. */
  raw?: string | Uint8Array;
  headers?: Readonly<Record<string, string>>;
}>;

/** A whole Slipway inside the test process: the API over real HTTP, and a worker that can be stopped and started. */
export class TestSlipway {
  url!: string;
  pool!: Pool;
  temporal!: TestTemporal;
  tenant!: Tenant;
  /** What routes of this API are given. */
  context!: AppContext;
  private readonly databaseUrl: () => string;
  private readonly options: StartOptions;
  private readonly closers: (() => Promise<unknown>)[] = [];
  private app!: ReturnType<typeof createApp>;
  private caches: Caches | undefined;
  private worker: { shutdown: () => void; ran: Promise<unknown> } | undefined;

  constructor(databaseUrl: () => string, options: StartOptions) {
    this.databaseUrl = databaseUrl;
    this.options = options;
  }

  async start(): Promise<void> {
    this.temporal = await connectTemporal();
    this.pool = createPool({
      databaseUrl: this.databaseUrl(),
      applicationName: 'slipway-test',
      max: 10,
      statementTimeoutMs: 10_000,
      onError: () => undefined,
      // What a test changes behind the API's back shows at once, as if the API had changed it.
      onChange: (change) => this.caches?.changed(change),
    });
    if (this.options.worker !== false) await this.startWorker();
    await this.startApi();
    const publicUrl = this.options.publicUrl === 'served' ? this.url : TEST_PUBLIC_URL;
    this.tenant = await createTenant(this.pool, 'acme', publicUrl);
  }

  /** Listens first: the address that the system gave may have to be the public one, which the API reads at start. */
  private async startApi(): Promise<void> {
    const server = await listen(
      (request, env) => {
        const { incoming } = env as { incoming: IncomingMessage };
        this.options.onRequest?.(request.method, incoming.url ?? '');
        return this.app.fetch(request, env);
      },
      { host: '127.0.0.1', port: 0 },
    );
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const logger = createLogger('test', process.env['TEST_LOG_LEVEL'] ?? 'silent');
    const { redisUrl } = testServers();
    const config = readConfig({
      DATABASE_URL: this.databaseUrl(),
      REDIS_URL: redisUrl,
      SLIPWAY_URL: this.options.publicUrl === 'served' ? this.url : TEST_PUBLIC_URL,
      TEMPORAL_NAMESPACE: this.temporal.namespace,
      TEMPORAL_UI_URL: 'http://temporal.test',
      // Tokens that the API stores are read by the worker.
      SLIPWAY_SECRET: TEST_SECRET,
      ...(this.options.scm && { SLIPWAY_ALLOW_PRIVATE_URLS: '1' }),
      ...this.options.environment,
    });
    const { context, close } = createContext(config, logger, {
      connectionOptions: { address: this.options.temporalAddress ?? this.temporal.address },
      namespace: this.temporal.namespace,
    });
    this.app = createApp(context);
    this.context = context;
    this.caches = context.caches;
    this.closers.push(async () => {
      await new Promise((resolve) => server.close(resolve));
      await close();
    });
  }

  async startWorker(): Promise<void> {
    const pool = createPool({
      databaseUrl: this.databaseUrl(),
      applicationName: 'slipway-test-worker',
      max: 20,
      statementTimeoutMs: 9_000,
      onError: () => undefined,
    });
    const shared = {
      connection: this.temporal.nativeConnection,
      namespace: this.temporal.namespace,
      pool,
      client: this.temporal.client,
      fetchTimes: this.options.scm?.fetchTimes,
      deliveryTimes: this.options.deliveryTimes,
    };
    const logger = createLogger('test-worker', process.env['TEST_LOG_LEVEL'] ?? 'silent');
    const workers = [await createWorker({ ...shared, logger, instanceHost: TEST_HOST })];
    if (this.options.scm !== undefined) {
      const config = {
        stateDir: this.options.scm.stateDir,
        publicUrl: TEST_PUBLIC_URL,
        secret: TEST_SECRET,
        allowPrivateUrls: true,
        gitAllowFile: false,
      };
      const { requestTimeoutMs } = this.options.scm;
      workers.push(await createScmWorker({ ...shared, config, requestTimeoutMs }));
    }
    const ran = Promise.all(workers.map((worker) => worker.run())).finally(() => pool.end());
    this.worker = {
      shutdown: () => {
        for (const worker of workers) worker.shutdown();
      },
      ran,
    };
  }

  async stopWorker(): Promise<void> {
    this.worker?.shutdown();
    await this.worker?.ran;
    this.worker = undefined;
  }

  async stop(): Promise<void> {
    for (const close of this.closers) await close();
    await this.stopWorker();
    await this.pool.end();
    await this.temporal.close();
  }

  /** A token of the owner with these scopes; all by default. */
  async token(scopes: readonly Scope[] = allScopes): Promise<string> {
    return this.tenant.userToken(scopes);
  }

  /** Calls the API as the owner unless another token, or null for none, is given. */
  async call(method: string, path: string, options: CallOptions = {}): Promise<ApiAnswer> {
    const token = options.token === undefined ? this.tenant.ownerToken : options.token;
    const payload =
      options.raw ?? (options.body === undefined ? undefined : JSON.stringify(options.body));
    const response = await fetch(this.url + path, {
      method,
      redirect: 'manual',
      headers: {
        ...(token === null ? {} : { Authorization: `Bearer ${token}` }),
        ...(payload === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...options.headers,
      },
      ...(payload === undefined ? {} : { body: payload as never }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.startsWith('application/json') === true;
    return {
      status: response.status,
      headers: response.headers,
      text,
      body: isJson ? JSON.parse(text) : undefined,
    };
  }
}

/** Host of the public URL that tests have unless they are served under their own. */
export const TEST_HOST = 'slipway.test';

export const TEST_SECRET = 'a secret for tests only';

type StartOptions = Readonly<{
  /** Also runs the worker that fetches commits; private addresses are allowed. */
  scm?: Readonly<{ stateDir: string; fetchTimes?: FetchTimes; requestTimeoutMs?: number }>;
  worker?: boolean;
  deliveryTimes?: DeliveryTimes;
  environment?: Readonly<Record<string, string>>;
  /** Another address than the running server's: one where nothing answers. */
  temporalAddress?: string;
  /** `served` makes the address that it listens on the public one: clients send organization tokens to their `url`. */
  publicUrl?: 'served';
  /** Sees every request before it is handled, with path and query as they were sent. */
  onRequest?: (method: string, target: string) => void;
}>;

/** Starts a Slipway on a database of its own before the tests of a file, and stops it after them. */
export function useSlipway(options: StartOptions = {}): TestSlipway {
  const database = cloneDatabase();
  const slipway = new TestSlipway(() => database.url, options);
  beforeAll(() => slipway.start());
  afterAll(() => slipway.stop());
  return slipway;
}
