import { resolve } from 'node:path';
import { z } from 'zod';
import { readConfig, type Config } from '../../infra/config.ts';
import { readJsonFile } from '../stack/jsonFile.ts';
import { stateFolder } from '../stack/stateFolder.ts';
import { AdminError } from './command.ts';

const CHECKOUT = resolve(import.meta.dirname, '..', '..');

const devFileSchema = z.object({
  url: z.string(),
  databaseUrl: z.string(),
  redisUrl: z.string().optional(),
});
const secretsSchema = z.object({ slipwaySecret: z.string() });

/** Not needed here, and not known everywhere that this tool runs. */
const UNUSED = { REDIS_URL: 'redis://unused', SLIPWAY_SECRET: 'unused by this tool' };

export type Connection = Readonly<{
  databaseUrl: string;
  publicUrl: string;
  gitAllowFile: boolean;
  /** That of the API; null where it cannot be known. */
  secret: string | null;
  /** For endpoints that are called inside of this process; what cannot be known is not there for them. */
  config: Config;
}>;

/**
 * Where the database is: `DATABASE_URL`, else the running `npm start` of the state folder, whose public address counts
 * too unless `SLIPWAY_URL` names another one.
 * @throws AdminError when there is neither; ConfigError for variables that make no sense.
 */
export function findConnection(environment: NodeJS.ProcessEnv): Connection {
  // An empty variable is an unset one, as in infra/config.ts.
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const { stateDir } = readConfig({ ...given, ...UNUSED, DATABASE_URL: 'postgres://unused' });
  const folder = stateFolder(resolve(CHECKOUT, stateDir));
  const file = folder.dev;
  const running = readJsonFile(file, devFileSchema);
  const databaseUrl = given['DATABASE_URL'] ?? running?.databaseUrl;
  if (databaseUrl === undefined) {
    throw new AdminError(
      `No database: set DATABASE_URL, or start Slipway with \`npm start\` (looked for ${file}).`,
    );
  }
  const isRunning = running?.databaseUrl === databaseUrl;
  const secret =
    given['SLIPWAY_SECRET'] ??
    (isRunning ? (readJsonFile(folder.secrets, secretsSchema)?.slipwaySecret ?? null) : null);
  const config = readConfig({
    ...UNUSED,
    ...(isRunning ? { SLIPWAY_URL: running.url } : {}),
    ...(isRunning && running.redisUrl !== undefined ? { REDIS_URL: running.redisUrl } : {}),
    ...given,
    ...(secret === null ? {} : { SLIPWAY_SECRET: secret }),
    DATABASE_URL: databaseUrl,
  });
  return {
    databaseUrl: config.databaseUrl,
    publicUrl: config.publicUrl,
    gitAllowFile: config.gitAllowFile,
    secret,
    config,
  };
}
