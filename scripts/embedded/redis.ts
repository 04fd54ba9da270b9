import { mkdir } from 'node:fs/promises';
import { connect } from 'node:net';
import type { Program } from '../process/program.ts';
import { redisBinary } from './redisBinary.ts';

export type EmbeddedRedisOptions = Readonly<{
  dataDir: string;
  port: number;
  /** False for tests: nothing is written to disk. */
  durable: boolean;
  tell: (sentence: string) => void;
}>;

/** Redis holds caches and counters; a server that grows with its keys would take the machine with it. */
const MEMORY_MAX = '256mb';

export async function embeddedRedis(options: EmbeddedRedisOptions): Promise<Program> {
  const command = await redisBinary(options.tell);
  await mkdir(options.dataDir, { recursive: true });
  return {
    name: 'redis',
    command,
    args: [
      ...['--port', String(options.port), '--bind', '127.0.0.1', '--dir', options.dataDir],
      ...['--appendonly', options.durable ? 'yes' : 'no', '--save', ''],
      ...['--maxmemory', MEMORY_MAX, '--maxmemory-policy', 'allkeys-lru'],
      ...['--daemonize', 'no', '--logfile', ''],
    ],
    environment: { PATH: process.env['PATH'], LC_ALL: 'C' },
    cwd: options.dataDir,
    stopSignal: 'SIGTERM',
    stopGraceMs: 10_000,
    isReady: () => answersPing(options.port),
  };
}

/** A server that still reads its file answers `-LOADING`. */
function answersPing(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', timeout: 1_000 });
    const finish = (isReady: boolean): void => {
      socket.destroy();
      resolve(isReady);
    };
    socket.once('connect', () => socket.write('PING\r\n'));
    socket.once('data', (data) => finish(data.toString().startsWith('+PONG')));
    socket.once('timeout', () => finish(false));
    socket.once('error', () => finish(false));
    socket.once('close', () => finish(false));
  });
}
