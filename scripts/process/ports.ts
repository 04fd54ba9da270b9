import { createServer, type AddressInfo } from 'node:net';

const LOOPBACK = '127.0.0.1';

/** A port that nobody listens on; port 0 lets the system choose one. Null when it is taken. */
export function tryPort(port: number, host: string = LOOPBACK): Promise<number | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(null));
    server.listen({ port, host, exclusive: true }, () => {
      const chosen = (server.address() as AddressInfo).port;
      server.close(() => resolve(chosen));
    });
  });
}

/** The first free one of the wished ports, else any that is free and not among the excluded. */
export async function choosePort(
  wishes: readonly number[],
  exclude: ReadonlySet<number> = new Set(),
): Promise<number> {
  for (const wish of wishes) {
    const port = exclude.has(wish) ? null : await tryPort(wish);
    if (port !== null) return port;
  }
  for (;;) {
    const port = await tryPort(0);
    if (port === null) throw new Error('No free port on 127.0.0.1.');
    if (!exclude.has(port)) return port;
  }
}

/** Several free ports at once, all different. */
export async function freePorts(count: number): Promise<number[]> {
  const chosen = new Set<number>();
  while (chosen.size < count) chosen.add(await choosePort([], chosen));
  return [...chosen];
}
