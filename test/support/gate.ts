import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export type Gate = Readonly<{
  /** The given URL with the gate's address. */
  url: string;
  /** Cuts every connection and refuses new ones. */
  shut: () => void;
  /** Connections stand, and nothing comes through: as when the server is stopped, not gone. */
  hang: () => void;
  open: () => void;
  close: () => Promise<void>;
}>;

/** A door in front of a server that a test can shut: connections then break and new ones are reset, or hang. */
export async function openGate(targetUrl: string): Promise<Gate> {
  const target = new URL(targetUrl);
  const sockets = new Set<Socket>();
  let isOpen = true;
  let isHanging = false;
  const server = createServer((inside) => {
    if (!isOpen) return void inside.resetAndDestroy();
    const outside = connect(Number(target.port), target.hostname);
    for (const [socket, other] of [
      [inside, outside],
      [outside, inside],
    ] as const) {
      sockets.add(socket);
      // Either end may break; the other one then has nobody to talk to.
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
      socket.pipe(other);
      if (isHanging) socket.pause();
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = new URL(targetUrl);
  url.port = String((server.address() as AddressInfo).port);
  const cut = (): void => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  return {
    url: url.href,
    shut: () => {
      isOpen = false;
      cut();
    },
    hang: () => {
      isHanging = true;
      for (const socket of sockets) socket.pause();
    },
    open: () => {
      isOpen = true;
      isHanging = false;
      for (const socket of sockets) socket.resume();
    },
    close: async () => {
      cut();
      server.close();
      await once(server, 'close');
    },
  };
}
