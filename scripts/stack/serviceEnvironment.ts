import type { Servers } from './servers.ts';
import type { StackSettings } from './settings.ts';

export type ServiceAddresses = Readonly<{
  settings: StackSettings;
  port: number;
  publicUrl: string;
  servers: Servers;
  secret: string;
}>;

/** What the API and the worker are told: the caller's environment, with everything that the stack decided. */
export function serviceEnvironment(
  { settings, port, publicUrl, servers, secret }: ServiceAddresses,
  inherited: NodeJS.ProcessEnv,
): NodeJS.ProcessEnv {
  const isTemporalEmbedded = settings.temporalAddress === null;
  return {
    ...(isTemporalEmbedded ? withoutTemporal(inherited) : inherited),
    HOST: settings.host,
    PORT: String(port),
    SLIPWAY_URL: publicUrl,
    DATABASE_URL: servers.databaseUrl,
    REDIS_URL: servers.redisUrl,
    TEMPORAL_ADDRESS: servers.temporalAddress,
    TEMPORAL_NAMESPACE: servers.temporalNamespace,
    TEMPORAL_UI_URL: servers.temporalUi ?? '',
    SLIPWAY_DIR: settings.stateDir,
    SLIPWAY_SECRET: secret,
  };
}

/** TLS, keys and profiles of the person's own cluster are not meant for the embedded server. */
function withoutTemporal(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const rest = Object.entries(environment).filter(([name]) => !name.startsWith('TEMPORAL_'));
  return { ...Object.fromEntries(rest), TEMPORAL_CONFIG_FILE: '/dev/null' };
}
