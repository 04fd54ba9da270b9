import { Agent, request } from 'node:http';

/** A lean keep-alive client: the load shares its two cores with what it measures. */
export class HttpClient {
  private readonly agent: Agent;
  private readonly base: URL;
  private readonly headers: Record<string, string>;

  constructor(base: string, token: string, connections: number) {
    this.base = new URL(base);
    this.agent = new Agent({ keepAlive: true, maxSockets: connections });
    this.headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
  }

  /** Bytes are sent as they are, anything else as JSON. */
  send(method: string, path: string, body: unknown): Promise<{ status: number; text: string }> {
    const payload = Buffer.isBuffer(body) ? body : JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const sent = request(
        {
          agent: this.agent,
          host: this.base.hostname,
          port: this.base.port,
          method,
          path,
          headers: { ...this.headers, 'Content-Length': Buffer.byteLength(payload) },
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('end', () =>
            resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }),
          );
        },
      );
      sent.on('error', reject);
      sent.end(payload);
    });
  }

  close(): void {
    this.agent.destroy();
  }
}
