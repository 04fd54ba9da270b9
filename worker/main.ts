import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { createActivities } from '../activities/createActivities.ts';
import { createPool } from '../db/pool.ts';
import { EXIT_CODE_CONFIG, ConfigError, readConfig, type Config } from '../infra/config.ts';
import { createLogger, type Logger } from '../infra/logger.ts';
import { temporalConfig } from '../infra/temporal.ts';
import { releaseTaskQueue } from '../workflows/releaseStart.ts';
import { buildWorkflowBundle } from './bundle.ts';
import { temporalLogger } from './temporalLogger.ts';
import { ensureSchedules } from './schedules.ts';
import { ensureSearchAttributes } from './searchAttributes.ts';

/** Activities in flight at once; each needs a connection, so the pool is a little larger. */
const ACTIVITIES_MAX = 16;

/** Caps the sticky cache: 200 actors take about as much memory as the rest of the worker (DESIGN 6). */
const CACHED_WORKFLOWS_MAX = 200;

/** Longer than any short activity takes; chunked ones resume at their cursor on the next worker. */
const SHUTDOWN_GRACE_MS = 15_000;

async function main(config: Config, logger: Logger): Promise<void> {
  Runtime.install({
    logger: temporalLogger(logger),
    telemetryOptions: { logging: { forward: {}, filter: { core: 'WARN', other: 'ERROR' } } },
  });
  const { connectionOptions, namespace } = temporalConfig();
  const pool = createPool({
    databaseUrl: config.databaseUrl,
    applicationName: 'slipway-worker',
    max: ACTIVITIES_MAX + 4,
    statementTimeoutMs: 9_000,
    onError: (error) => logger.warn({ err: error }, 'A database connection broke'),
  });
  const connection = await Connection.connect(connectionOptions);
  const client = new Client({ connection, namespace });
  await ensureSearchAttributes(connection, namespace);
  await ensureSchedules(client);

  const nativeConnection = await NativeConnection.connect(connectionOptions);
  const worker = await Worker.create({
    connection: nativeConnection,
    namespace,
    taskQueue: releaseTaskQueue,
    workflowBundle: { codePath: await buildWorkflowBundle() },
    activities: createActivities({ pool, client, logger }),
    maxConcurrentActivityTaskExecutions: ACTIVITIES_MAX,
    maxConcurrentLocalActivityExecutions: ACTIVITIES_MAX,
    maxCachedWorkflows: CACHED_WORKFLOWS_MAX,
    shutdownGraceTime: SHUTDOWN_GRACE_MS,
  });
  // The runtime drains on SIGTERM and SIGINT: run() returns when the last task is finished.
  await worker.run();
  await nativeConnection.close();
  await connection.close();
  await pool.end();
}

try {
  const config = readConfig();
  const logger = createLogger('worker', config.logLevel);
  try {
    await main(config, logger);
    logger.info('Worker has drained');
  } catch (error) {
    logger.fatal({ err: error }, 'Worker failed');
    process.exitCode = 1;
  }
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = EXIT_CODE_CONFIG;
}
