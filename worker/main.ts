import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Runtime } from '@temporalio/worker';
import { createPool } from '../db/pool.ts';
import { EXIT_CODE_CONFIG, ConfigError, readConfig, type Config } from '../infra/config.ts';
import { createLogger, type Logger } from '../infra/logger.ts';
import { createRedis } from '../infra/redis.ts';
import { temporalConfig } from '../infra/temporal.ts';
import { WorkerPresence } from '../infra/workerPresence.ts';
import { createOutboundWorker } from './createOutboundWorker.ts';
import { createScmWorker } from './createScmWorker.ts';
import { ACTIVITIES_MAX, createWorker } from './createWorker.ts';
import { prepareSandbox } from './sandbox/prepareSandbox.ts';
import { temporalLogger } from './temporalLogger.ts';
import { ensureSchedules } from './schedules.ts';
import { ensureSearchAttributes } from './searchAttributes.ts';

async function main(config: Config, logger: Logger): Promise<void> {
  Runtime.install({
    logger: temporalLogger(logger),
    telemetryOptions: { logging: { forward: {}, filter: { core: 'WARN', other: 'ERROR' } } },
  });
  prepareSandbox({
    sandbox: config.workflowSandbox,
    stateDir: config.stateDir,
    logger,
    exit: () => process.exit(1),
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
  const shared = { connection: nativeConnection, namespace, pool, client };
  const workers = await Promise.all([
    createWorker({
      ...shared,
      logger,
      instanceHost: new URL(config.publicUrl).host,
      eventRetentionDays: config.eventRetentionDays,
      operationRetentionDays: config.operationRetentionDays,
    }),
    createScmWorker({ ...shared, config }),
    createOutboundWorker({ ...shared, config }),
  ]);
  const redis = createRedis(config.redisUrl, logger);
  const leave = new WorkerPresence(redis, namespace).announce();
  // The runtime drains on SIGTERM and SIGINT: run() returns when the last task is finished.
  await Promise.all(workers.map((worker) => worker.run()));
  leave();
  redis.disconnect();
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
    // Connections that are open by then would keep a process alive that does no work.
    process.exit(1);
  }
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = EXIT_CODE_CONFIG;
}
