import { writeFileSync } from 'node:fs';
import type { Servers } from './servers.ts';
import type { StackSettings } from './settings.ts';

export type ServiceAddresses = Readonly<{
  settings: StackSettings;
  port: number;
  publicUrl: string;
  servers: Servers;
  secret: string;
  /** Where the profile file for the embedded Temporal server is written. */
  temporalProfileFile: string;
}>;

/** A file that names the profile that everybody reads, and sets nothing in it. */
const EMPTY_PROFILE = '[profile.default]\n';

/** What the API and the worker are told: the caller's environment, with everything that the stack decided. */
export function serviceEnvironment(
  addresses: ServiceAddresses,
  inherited: NodeJS.ProcessEnv,
): NodeJS.ProcessEnv {
  const { settings, port, publicUrl, servers, secret, temporalProfileFile } = addresses;
  const isTemporalEmbedded = settings.temporalAddress === null;
  return {
    ...(isTemporalEmbedded ? withoutTemporal(inherited, temporalProfileFile) : inherited),
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
function withoutTemporal(
  environment: NodeJS.ProcessEnv,
  temporalProfileFile: string,
): NodeJS.ProcessEnv {
  writeFileSync(temporalProfileFile, EMPTY_PROFILE);
  const rest = Object.entries(environment).filter(([name]) => !name.startsWith('TEMPORAL_'));
  return { ...Object.fromEntries(rest), TEMPORAL_CONFIG_FILE: temporalProfileFile };
}
