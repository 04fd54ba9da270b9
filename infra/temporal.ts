import { loadClientConnectConfig } from '@temporalio/envconfig';

/**
 * Address, TLS, key and namespace of the Temporal service, read from `TEMPORAL_*` and the profile file as every
 * Temporal tool does.
 */
export function temporalConfig(): ReturnType<typeof loadClientConnectConfig> & {
  namespace: string;
} {
  const config = loadClientConnectConfig();
  return { ...config, namespace: config.namespace ?? 'default' };
}
