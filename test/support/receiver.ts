import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { eventually } from './actor.ts';

export type Received = Readonly<{
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  raw: string;
  body: any;
}>;

type Reply = Readonly<{ status: number; headers?: Record<string, string>; body?: string }>;

/** A receiver of webhooks on loopback that keeps what it hears and answers by script, else with 204. */
export class Receiver {
  url = '';
  received: Received[] = [];
  /** The answers to the next requests; null leaves one without. */
  script: (Reply | null)[] = [];
  private readonly server = createServer((request, response) => {
    void text(request).then((raw) => {
      this.received.push({
        method: request.method ?? '',
        path: request.url ?? '',
        headers: request.headers,
        raw,
        body: JSON.parse(raw),
      });
      const reply = this.script.length === 0 ? { status: 204 } : (this.script.shift() ?? null);
      if (reply !== null) response.writeHead(reply.status, reply.headers).end(reply.body);
    });
  });

  /** Waits until it has heard so often. */
  heard(count: number): Promise<Received[]> {
    return eventually(() =>
      Promise.resolve(this.received.length >= count ? this.received : undefined),
    );
  }

  async start(): Promise<void> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }
}

export function useReceiver(): Receiver {
  const receiver = new Receiver();
  beforeAll(() => receiver.start());
  beforeEach(() => {
    receiver.received = [];
    receiver.script = [];
  });
  afterAll(() => receiver.stop());
  return receiver;
}

/** What a receiver computes to know who speaks. */
export function signatureOf({ headers, raw }: Received, secret: string): string {
  const signed = `${String(headers['x-slipway-timestamp'])}.${raw}`;
  return `v1=${createHmac('sha256', secret).update(signed).digest('hex')}`;
}
