import { embeddedPostgres, ensureDatabase, postgresUrl } from '../embedded/postgres.ts';
import { embeddedRedis } from '../embedded/redis.ts';
import { embeddedTemporal } from '../embedded/temporal.ts';
import { temporalBinary } from '../embedded/temporalBinary.ts';
import { tryPort } from '../process/ports.ts';
import type { Program } from '../process/program.ts';
import type { ProgramGroup } from '../process/programGroup.ts';
import type { StackSettings } from './settings.ts';
import { choosePorts, type PortName } from './stackPorts.ts';
import type { StateFolder } from './stateFolder.ts';

/** Where the servers are, whoever started them. */
export type Servers = Readonly<{
  databaseUrl: string;
  redisUrl: string;
  temporalAddress: string;
  temporalNamespace: string;
  /** Null when nobody said where the Web UI of a given Temporal server is. */
  temporalUi: string | null;
}>;

type Context = Readonly<{
  settings: StackSettings;
  folder: StateFolder;
  postgresPassword: string;
  group: ProgramGroup;
  signal: AbortSignal;
  tell: (sentence: string) => void;
}>;

const DATABASE = 'slipway';

/** Another stack that starts at the same moment may take a port between our look and our server's. */
const PORT_ATTEMPTS_MAX = 3;

/** Starts the servers that were not given, side by side. */
export async function startServers(context: Context): Promise<Servers> {
  const [databaseUrl, redisUrl, temporal] = await Promise.all([
    context.settings.databaseUrl ?? startPostgres(context),
    context.settings.redisUrl ?? startRedis(context),
    startTemporal(context),
  ]);
  return { databaseUrl, redisUrl, ...temporal };
}

async function startPostgres(context: Context): Promise<string> {
  const { folder, tell, postgresPassword: password } = context;
  const { postgres: port } = await startOnPorts(context, ['postgres'], (ports) =>
    embeddedPostgres({
      dataDir: folder.postgres,
      port: ports.postgres,
      password,
      durable: true,
      tell,
    }),
  );
  await ensureDatabase(postgresUrl({ port, password }, 'postgres'), DATABASE);
  return postgresUrl({ port, password }, DATABASE);
}

async function startRedis(context: Context): Promise<string> {
  const { folder, tell } = context;
  const { redis } = await startOnPorts(context, ['redis'], (ports) =>
    embeddedRedis({ dataDir: folder.redis, port: ports.redis, durable: true, tell }),
  );
  return `redis://127.0.0.1:${redis}`;
}

async function startTemporal(
  context: Context,
): Promise<Pick<Servers, 'temporalAddress' | 'temporalNamespace' | 'temporalUi'>> {
  const { settings, folder } = context;
  const namespace = settings.namespace;
  if (settings.temporalAddress !== null) {
    return {
      temporalAddress: settings.temporalAddress,
      temporalNamespace: namespace,
      temporalUi: settings.temporalUi,
    };
  }
  const binary = await temporalBinary({ tell: context.tell, signal: context.signal });
  const ports = await startOnPorts(
    context,
    ['temporal', 'temporalHttp', 'temporalUi'],
    ({ temporal, temporalHttp, temporalUi }) =>
      embeddedTemporal({
        binary,
        databaseFile: folder.temporalDatabase,
        namespace,
        port: temporal,
        httpPort: temporalHttp,
        uiPort: temporalUi,
      }),
  );
  return {
    temporalAddress: `127.0.0.1:${ports.temporal}`,
    temporalNamespace: namespace,
    temporalUi: `http://127.0.0.1:${ports.temporalUi}`,
  };
}

async function startOnPorts<Name extends PortName>(
  { folder, group, signal }: Context,
  names: readonly Name[],
  describe: (ports: Record<Name, number>) => Promise<Program>,
): Promise<Record<Name, number>> {
  for (let attempt = 1; ; attempt += 1) {
    const ports = await choosePorts(folder.ports, names);
    try {
      await group.start(await describe(ports));
      return ports;
    } catch (error) {
      const isTaken = (await Promise.all(names.map((name) => tryPort(ports[name])))).includes(null);
      if (signal.aborted || !isTaken || attempt === PORT_ATTEMPTS_MAX) throw error;
    }
  }
}
