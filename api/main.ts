import { serve } from '@hono/node-server';
import { EXIT_CODE_CONFIG, ConfigError, readConfig, type Config } from '../infra/config.ts';
import { createLogger, type Logger } from '../infra/logger.ts';
import { createApp } from './app.ts';
import { createContext } from './createContext.ts';

/** Writes wait for at most this much longer than their own deadline before the process goes. */
const DRAIN_GRACE_MS = 5_000;

async function main(config: Config, logger: Logger): Promise<void> {
  const { context, close } = createContext(config, logger);
  const server = serve({
    fetch: createApp(context).fetch,
    hostname: config.host,
    port: config.port,
    // Longer than the keep-alive of usual proxies, so that they and not we close idle connections.
    serverOptions: { keepAliveTimeout: 65_000, requestTimeout: 120_000 },
  });
  await new Promise<void>((resolve, reject) => {
    server.once('listening', resolve);
    server.once('error', reject);
  });
  logger.info({ url: config.publicUrl }, 'API is listening');

  await nextSignal();
  logger.info('API drains');
  const timer = setTimeout(
    () => 'closeAllConnections' in server && server.closeAllConnections(),
    config.writeWaitMs + DRAIN_GRACE_MS,
  );
  await new Promise<void>((resolve) => server.close(() => resolve()));
  clearTimeout(timer);
  await close();
  logger.info('API has drained');
}

function nextSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => resolve());
  });
}

try {
  const config = readConfig();
  const logger = createLogger('api', config.logLevel);
  try {
    await main(config, logger);
  } catch (error) {
    logger.fatal({ err: error }, 'API failed');
    process.exitCode = 1;
  }
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = EXIT_CODE_CONFIG;
}
