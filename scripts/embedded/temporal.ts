import { mkdir } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { dirname } from 'node:path';
import { searchAttributes } from '../../workflows/searchAttributes.ts';
import { answersOk } from '../process/answersOk.ts';
import type { Program } from '../process/program.ts';

export type EmbeddedTemporalOptions = Readonly<{
  /** The `temporal` binary. */
  binary: string;
  databaseFile: string;
  namespace: string;
  /** More namespaces beside it: processes that must not see each other's workflows. */
  otherNamespaces?: readonly string[];
  port: number;
  /** Of the HTTP API, which tells when the server serves. */
  httpPort: number;
  /** Null: no Web UI. */
  uiPort: number | null;
}>;

/** Far above what one machine reaches: the limit is then the machine, not a ticket counter. */
const POLLS_PER_SECOND_MAX = 5_000;

/** What the server does otherwise than by default; docker/temporal/dynamicConfig.yaml says the same to the image. */
export const DYNAMIC_CONFIG: Readonly<Record<string, number | boolean>> = {
  // 20 by default: a queue that is drained steadily then waits exactly 50 ms for each task.
  'history.transferProcessorMaxPollRPS': POLLS_PER_SECOND_MAX,
  'history.timerProcessorMaxPollRPS': POLLS_PER_SECOND_MAX,
  'history.visibilityProcessorMaxPollRPS': POLLS_PER_SECOND_MAX,
  // 10 by default: the 11th update of a hot release would wait in silent retries of its client.
  'history.maxInFlightUpdates': 1_000,
  // 2,000 by default. A release continues as new long before; a low limit would only refuse its callers.
  'history.maxTotalUpdates': 100_000,
  // One process owns every queue: partitions would only add hops and blur the order of priorities.
  'matching.numTaskqueueReadPartitions': 1,
  'matching.numTaskqueueWritePartitions': 1,
  // One busy organization does not keep the others waiting.
  'matching.enableFairness': true,
  // The first activity travels with the reply to the workflow task, which saves a poll.
  'system.enableActivityEagerExecution': true,
  // Counted per second and host, meant to protect a shared database. This one is ours alone.
  'history.persistenceMaxQPS': 100_000,
  'matching.persistenceMaxQPS': 100_000,
  'frontend.persistenceMaxQPS': 100_000,
  // 2,400 by default: a burst of writes would wait in silent retries of its client.
  'frontend.namespaceRPS': 100_000,
};

const PROBE_TIMEOUT_MS = 1_000;

const SQLITE_PRAGMAS = ['journal_mode=wal', 'synchronous=normal'];

/** Says how to run a Temporal server on a database file. The process is the server itself. */
export async function embeddedTemporal(options: EmbeddedTemporalOptions): Promise<Program> {
  await mkdir(dirname(options.databaseFile), { recursive: true });
  const readyUrl = `http://127.0.0.1:${options.httpPort}/api/v1/namespaces/${encodeURIComponent(options.namespace)}`;
  return {
    name: 'temporal',
    command: options.binary,
    args: [
      ...['server', 'start-dev', '--ip', '127.0.0.1', '--namespace', options.namespace],
      ...(options.otherNamespaces ?? []).flatMap((name) => ['--namespace', name]),
      ...['--port', String(options.port), '--http-port', String(options.httpPort)],
      ...(options.uiPort === null ? ['--headless'] : ['--ui-port', String(options.uiPort)]),
      ...['--ui-disable-news-fetch', '--db-filename', options.databaseFile],
      ...SQLITE_PRAGMAS.flatMap((pragma) => ['--sqlite-pragma', pragma]),
      ...searchAttributes.flatMap(({ name, type }) => [
        '--search-attribute',
        `${name}=${cliTypeName(type)}`,
      ]),
      ...Object.entries(DYNAMIC_CONFIG).flatMap(([key, value]) => [
        '--dynamic-config-value',
        `${key}=${value}`,
      ]),
      // A profile or TLS setting of the person's own cluster is not meant for this server.
      ...['--disable-config-env', '--disable-config-file'],
      ...['--log-level', 'error', '--log-format', 'json'],
    ],
    // The stack shares the machine, and a lone command costs a sixth less when no idle thread of Go spins beside it.
    environment: {
      PATH: process.env['PATH'],
      HOME: dirname(options.databaseFile),
      GOMAXPROCS: String(Math.max(1, Math.floor(availableParallelism() / 2))),
    },
    stopSignal: 'SIGTERM',
    stopGraceMs: 15_000,
    isReady: () => answersOk(readyUrl, PROBE_TIMEOUT_MS),
  };
}

/** KEYWORD_LIST → KeywordList, as the flag wants it. */
function cliTypeName(type: string): string {
  return type
    .split('_')
    .map((word) => word.charAt(0) + word.slice(1).toLowerCase())
    .join('');
}
