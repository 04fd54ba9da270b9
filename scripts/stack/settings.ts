import { resolve } from 'node:path';
import { readConfig } from '../../infra/config.ts';
import { temporalConfig } from '../../infra/temporal.ts';

export type StackSettings = Readonly<{
  host: string;
  /** 0: any free one. */
  port: number;
  /** Null: from host and port. */
  publicUrl: string | null;
  stateDir: string;
  secret: string | null;
  namespace: string;
  /** Servers that run already; null means to start one. */
  databaseUrl: string | null;
  redisUrl: string | null;
  temporalAddress: string | null;
  /** Of a Temporal server that runs already. */
  temporalUi: string | null;
}>;

const CHECKOUT = resolve(import.meta.dirname, '..', '..');

/** Stand in for what the stack brings itself, so that everything else is checked before anything starts. */
const EMBEDDED = {
  DATABASE_URL: 'postgres://embedded',
  REDIS_URL: 'redis://embedded',
  SLIPWAY_SECRET: 'made in the state folder',
};

/**
 * What the environment asks for.
 * @throws ConfigError naming every wrong variable.
 */
export function readSettings(environment: NodeJS.ProcessEnv): StackSettings {
  // An empty variable is an unset one, as in infra/config.ts.
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const isTemporalGiven = 'TEMPORAL_ADDRESS' in given || 'TEMPORAL_PROFILE' in given;
  const config = readConfig({
    ...EMBEDDED,
    ...(isTemporalGiven ? given : withoutTemporalConnection(given)),
  });
  const temporal = isTemporalGiven ? temporalConfig() : null;
  return {
    host: config.host,
    port: config.port,
    publicUrl: given['SLIPWAY_URL'] === undefined ? null : config.publicUrl,
    stateDir: resolve(CHECKOUT, config.stateDir),
    secret: given['SLIPWAY_SECRET'] ?? null,
    namespace: temporal?.namespace ?? given['TEMPORAL_NAMESPACE'] ?? 'default',
    databaseUrl: given['DATABASE_URL'] ?? null,
    redisUrl: given['REDIS_URL'] ?? null,
    temporalAddress: temporal === null ? null : (temporal.connectionOptions.address ?? null),
    temporalUi: config.temporalUiUrl,
  };
}

/** TLS, keys and files of the person's own cluster are not used by the embedded server, so they may be wrong. */
function withoutTemporalConnection(given: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(given).filter(([name]) => !/^TEMPORAL_(?:TLS|API_KEY|CONFIG_FILE)/.test(name)),
  );
}
