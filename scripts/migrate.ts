import { migrate } from '../db/migrate.ts';
import { ConfigError, EXIT_CODE_CONFIG, readConfig } from '../infra/config.ts';

try {
  // The database is all this needs; a deployment that migrates first may not know its Redis yet.
  const { databaseUrl } = readConfig({
    DATABASE_URL: process.env['DATABASE_URL'],
    REDIS_URL: 'redis://unused',
    SLIPWAY_SECRET: 'unused by migrations',
  });
  const names = await migrate(databaseUrl);
  console.log(
    names.length === 0 ? 'The database is up to date.' : `Migrated: ${names.join(', ')}.`,
  );
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = error instanceof ConfigError ? EXIT_CODE_CONFIG : 1;
}
