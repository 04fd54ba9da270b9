import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

/** A write of a client that does not give up: its key makes the repetition safe. */
export type Write = Readonly<{
  version: string;
  key: string;
  method: string;
  path: string;
  body: object;
}>;

export type Server = Readonly<{ url: string; token: string }>;

/** What a write may be answered while parts of the service are gone: 0 is a broken connection. */
export const allowedStatuses: ReadonlySet<number> = new Set([0, 200, 201, 202, 503]);

const RETRY_PAUSE_MS = 100;

/** One of the writes of a pipeline, turn by turn: a deploy, an update, commits. */
export function nextWrite(version: string, count: number): Write {
  const path = `/api/0/organizations/acme/releases/${version}/`;
  const key = randomUUID();
  const kinds = [
    { method: 'POST', path: `${path}deploys/`, body: { environment: 'prod', name: key } },
    { method: 'PUT', path, body: { ref: key, dateReleased: '2026-01-01T00:00:00Z' } },
    {
      method: 'PUT',
      path,
      body: { commits: [{ id: key.replaceAll('-', ''), repository: 'acme/web', message: key }] },
    },
  ] as const;
  return { version, key, ...kinds[count % kinds.length]! };
}

export function createReleaseWrite(version: string): Write {
  const path = '/api/0/organizations/acme/releases/';
  const body = { version, projects: ['web'] };
  return { version, key: randomUUID(), method: 'POST', path, body };
}

/** An error of this issue, sent to the project of a DSN; its id makes the repetition safe. */
export function eventWrite(dsn: string, issue: string): Write {
  const { username, pathname } = new URL(dsn);
  const key = randomUUID();
  const path = `/api${pathname}/store/?sentry_key=${username}`;
  const body = { event_id: key, message: issue, user: { id: key } };
  return { version: '', key, method: 'POST', path, body };
}

/** Sends a write until it is acknowledged or refused; answers every status on the way. */
export async function sendUntilAcknowledged(server: Server, write: Write): Promise<number[]> {
  const statuses: number[] = [];
  for (;;) {
    const status = await sendOnce(server, write);
    statuses.push(status);
    if (status !== 0 && status !== 503) return statuses;
    await delay(RETRY_PAUSE_MS);
  }
}

/** Until the API says that everything is there. */
export async function waitUntilServed(url: string): Promise<void> {
  for (;;) {
    const isReady = await fetch(`${url}/readyz`).then(
      (response) => response.status === 200,
      () => false,
    );
    if (isReady) return;
    await delay(RETRY_PAUSE_MS);
  }
}

async function sendOnce({ url, token }: Server, write: Write): Promise<number> {
  try {
    const response = await fetch(url + write.path, {
      method: write.method,
      headers: {
        Authorization: `Bearer ${token}`,
        'Content-Type': 'application/json',
        'Idempotency-Key': write.key,
      },
      body: JSON.stringify(write.body),
    });
    await response.arrayBuffer();
    return response.status;
  } catch {
    return 0;
  }
}
