import { randomBytes, randomUUID } from 'node:crypto';
import type { ApiAnswer, CallOptions, TestSlipway } from './slipway.ts';
import type { TestProject } from './tenant.ts';

export type EnvelopeItem = Readonly<{
  header: Record<string, unknown>;
  payload: unknown;
}>;

/** A project as SDKs see it: its key, and ways to send to it. */
export class IngestClient {
  readonly slipway: TestSlipway;
  readonly project: TestProject;
  readonly publicKey: string;

  constructor(slipway: TestSlipway, project: TestProject, publicKey: string) {
    this.slipway = slipway;
    this.project = project;
    this.publicKey = publicKey;
  }

  /** With a key of its own; the tenant's projects have none. */
  static async create(slipway: TestSlipway, project = slipway.tenant.web): Promise<IngestClient> {
    const publicKey = randomBytes(16).toString('hex');
    await slipway.pool.query('insert into project_key (project_id, public_key) values ($1, $2)', [
      project.id,
      publicKey,
    ]);
    return new IngestClient(slipway, project, publicKey);
  }

  get dsn(): string {
    const { host } = new URL(this.slipway.url);
    return `http://${this.publicKey}@${host}/${this.project.id}`;
  }

  get auth(): Record<string, string> {
    return { 'X-Sentry-Auth': `Sentry sentry_key=${this.publicKey}, sentry_version=7` };
  }

  path(endpoint: 'envelope' | 'store', query = ''): string {
    return `/api/${this.project.id}/${endpoint}/${query}`;
  }

  post(endpoint: 'envelope' | 'store', options: CallOptions): Promise<ApiAnswer> {
    return this.slipway.call('POST', this.path(endpoint), {
      ...options,
      token: null,
      headers: { ...this.auth, ...options.headers },
    });
  }

  /** Sends one event in an envelope and answers its id. */
  async send(event: Record<string, unknown> = {}): Promise<string> {
    const eventId = randomUUID().replaceAll('-', '');
    const answer = await this.post('envelope', {
      raw: envelope({ event_id: eventId }, [{ header: { type: 'event' }, payload: event }]),
    });
    if (answer.status !== 200) throw new Error(`${answer.status}: ${answer.text}`);
    return eventId;
  }
}

/** The wire form: one line of JSON for each header, payloads as they are or as JSON. */
export function envelope(header: unknown, items: readonly EnvelopeItem[]): Buffer {
  return Buffer.concat([
    Buffer.from(`${JSON.stringify(header)}\n`),
    ...items.flatMap(({ header: itemHeader, payload }) => [
      Buffer.from(`${JSON.stringify(itemHeader)}\n`),
      Buffer.isBuffer(payload)
        ? payload
        : Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload)),
      Buffer.from('\n'),
    ]),
  ]);
}

/** An exception thrown in a function of the application. */
export function exceptionEvent(
  type: string,
  overrides: Record<string, unknown> = {},
): Record<string, unknown> {
  return {
    level: 'error',
    platform: 'node',
    exception: {
      values: [
        {
          type,
          value: `${type} happened`,
          stacktrace: {
            frames: [
              { filename: 'node:internal', function: 'run', in_app: false },
              { filename: 'app/checkout.ts', function: 'pay', in_app: true, lineno: 7 },
              { filename: 'node_modules/lib.js', function: 'fail', in_app: false },
            ],
          },
        },
      ],
    },
    ...overrides,
  };
}
