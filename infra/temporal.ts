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

/** A host with or without its port; what has a scheme or blanks in it would only fail at the first call. */
const ADDRESS = /^(?:\[[\da-f:.]+\]|[^\s:/[\]]+)(?::\d{1,5})?$/i;

/** What is wrong with the `TEMPORAL_*` among these variables, each problem with the variables that it is about. */
export function temporalProblems(environment: NodeJS.ProcessEnv): string[] {
  const given = Object.entries(environment).filter(
    (entry): entry is [string, string] =>
      entry[0].startsWith('TEMPORAL_') && entry[1] !== undefined,
  );
  if (given.length === 0) return [];
  const address = environment['TEMPORAL_ADDRESS'];
  const problems =
    address === undefined || ADDRESS.test(address) ? [] : ['TEMPORAL_ADDRESS: must be host:port'];
  try {
    loadClientConnectConfig({ overrideEnvVars: Object.fromEntries(given) });
  } catch (error) {
    // Only the first line: those after it quote the file, which may hold keys.
    const [reason = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
    const named = given.filter(([, value]) => reason.includes(value));
    const names = (named.length > 0 ? named : given).map(([name]) => name);
    problems.push(`${names.join(', ')}: ${reason}`);
  }
  return problems;
}
