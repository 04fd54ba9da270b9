import { EXIT_CODE_CONFIG, ConfigError, readConfig, type Config } from '../infra/config.ts';
import { createLogger, type Logger } from '../infra/logger.ts';
import { createApp } from './app.ts';
import { createContext } from './createContext.ts';
import { listen } from './http/listen.ts';

/** Writes wait for at most this much longer than their own deadline before the process goes. */
const DRAIN_GRACE_MS = 5_000;

async function main(config: Config, logger: Logger): Promise<void> {
  const { context, close } = createContext(config, logger);
  const server = await listen(createApp(context).fetch, config);
  logger.info({ url: config.publicUrl }, 'API is listening');
  context.ingest.counts.behind();

  await nextSignal();
  logger.info('API drains');
  const timer = setTimeout(() => server.closeAllConnections(), config.writeWaitMs + DRAIN_GRACE_MS);
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
