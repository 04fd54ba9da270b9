import { migrate } from '../../db/migrate.ts';
import { tryPort } from '../process/ports.ts';
import { ProgramGroup } from '../process/programGroup.ts';
import { startReaper, type Reaper } from '../process/reaper.ts';
import { seed } from '../seed.ts';
import { removeDevFile, writeDevFile, type DevFileContent } from './devFile.ts';
import { readOrCreateSecrets, rememberTokens } from './secrets.ts';
import { startServers } from './servers.ts';
import { serviceEnvironment } from './serviceEnvironment.ts';
import { buildBundle, services } from './services.ts';
import type { StackSettings } from './settings.ts';
import type { StateFolder } from './stateFolder.ts';

/** API first, so that nothing new comes in; then the worker; the servers that both still needed last. */
const STOP_ORDER = [['api'], ['worker'], ['postgres', 'redis', 'temporal']] as const;

/** The port of the API is one that people know by heart: it never moves by itself. */
class PortTakenError extends Error {
  override readonly name = 'PortTakenError';
}

export type RunningStack = Omit<DevFileContent, 'pids'>;

/** Everything that `npm start` runs. The state folder belongs to the caller, who holds its lock. */
export class Stack {
  private readonly settings: StackSettings;
  private readonly folder: StateFolder;
  private readonly tell: (sentence: string) => void;
  private readonly stopping = new AbortController();
  private readonly reaper: Reaper;
  private readonly group: ProgramGroup;
  private running: RunningStack | null = null;

  constructor(options: {
    settings: StackSettings;
    folder: StateFolder;
    tell: (sentence: string) => void;
  }) {
    this.settings = options.settings;
    this.folder = options.folder;
    this.tell = options.tell;
    this.reaper = startReaper({
      listFile: this.folder.wards(process.pid),
      announcementFile: this.folder.dev,
      logFile: this.folder.log('reaper'),
    });
    this.group = new ProgramGroup({
      stopOrder: STOP_ORDER,
      logFile: this.folder.log,
      reaper: this.reaper,
      tell: this.tell,
      onRestart: () => this.publish(),
    });
  }

  /**
   * Starts everything and returns when it answers.
   * @throws PortTakenError; Error with the end of a log, when a part does not start.
   */
  async start(): Promise<RunningStack> {
    const { settings, folder, group, tell } = this;
    const { signal } = this.stopping;
    const port = await tryPort(settings.port, settings.host);
    if (port === null) {
      throw new PortTakenError(
        `Port ${settings.port} on ${settings.host} is taken by another program. Choose another one: PORT=${settings.port + 1} npm start`,
      );
    }
    const secrets = readOrCreateSecrets(folder.secrets);
    const localUrl = `http://${connectableHost(settings.host)}:${port}`;
    const publicUrl = settings.publicUrl ?? localUrl;

    const { postgresPassword } = secrets;
    const [servers] = await Promise.all([
      startServers({ settings, folder, postgresPassword, group, signal, tell }),
      buildBundle(signal),
    ]);
    signal.throwIfAborted();
    await migrate(servers.databaseUrl);
    const { databaseUrl } = servers;
    const seeded = await seed({ databaseUrl, publicUrl, tokens: secrets.tokens });
    rememberTokens(folder.secrets, secrets, { user: seeded.token, org: seeded.orgToken });
    signal.throwIfAborted();

    const secret = settings.secret ?? secrets.slipwaySecret;
    const environment = serviceEnvironment(
      {
        settings,
        port,
        publicUrl,
        servers,
        secret,
        temporalProfileFile: folder.temporalProfile,
      },
      process.env,
    );
    await Promise.all(services({ environment, localUrl }).map((program) => group.start(program)));
    signal.throwIfAborted();
    this.running = { url: publicUrl, seeded, servers };
    this.publish();
    return this.running;
  }

  /** Stops everything in order, from any state; what is still starting is given up. */
  async stop(hurry: AbortSignal): Promise<void> {
    this.stopping.abort();
    this.running = null;
    removeDevFile(this.folder.dev);
    await this.group.stop(hurry);
    await this.reaper.dismiss();
  }

  private publish(): void {
    if (this.running === null) return;
    writeDevFile(this.folder.dev, { ...this.running, pids: this.group.pids() });
  }
}

/** A wildcard address is no address to connect to. */
function connectableHost(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}
