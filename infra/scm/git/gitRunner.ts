import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ScmContext } from '../provider.ts';
import { streamGit } from './gitProcess.ts';
import type { GitRemote } from './gitRemote.ts';

export type GitCall = Readonly<{
  args: readonly string[];
  /** The repository; git must not go looking for another one above a broken mirror. */
  gitDir: string;
  /** Null for commands that must not reach the network. */
  remote: GitRemote | null;
  context: ScmContext;
  timeoutMs: number;
}>;

/** Runs git commands in an environment of our own making. */
export type GitRunner = Readonly<{
  stream: (call: GitCall) => AsyncGenerator<Buffer, void, undefined>;
  run: (call: GitCall) => Promise<string>;
}>;

/** Git is looked for here and nowhere else, whatever the environment of the server is. */
const PATH = '/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin:/opt/homebrew/bin';
const HEARTBEAT_INTERVAL_MS = 2_000;
/** The log of a full range with the longest messages stays below; it is streamed, so this is about time, not memory. */
const OUTPUT_BYTES_MAX = 1024 * 1024 * 1024;

/** Nobody's settings but these apply, and none of them lets a repository start a program or reach another host. */
const fixedConfig: GitRemote['config'] = [
  ['core.hooksPath', '/dev/null'],
  ['core.fsmonitor', 'false'],
  ['core.askPass', ''],
  ['credential.helper', ''],
  ['http.followRedirects', 'false'],
  // A host that sends less than this for so long hangs: better now than at the end of the attempt.
  ['http.lowSpeedLimit', '100'],
  ['http.lowSpeedTime', '20'],
  ['protocol.version', '2'],
  ['fetch.recurseSubmodules', 'false'],
  // Packs appear in one piece; loose objects one by one, which leaves holes in history when a fetch is killed.
  ['fetch.unpackLimit', '1'],
  ['fetch.writeCommitGraph', 'false'],
  ['transfer.bundleURI', 'false'],
  ['gc.autoDetach', 'false'],
  ['maintenance.autoDetach', 'false'],
  // A commit that was force-pushed away is what the next range starts from.
  ['gc.pruneExpire', 'never'],
  ['log.showRoot', 'true'],
];

/** Read by the git on the other side of a `file://` URL, which the configuration above does not reach. */
const GLOBAL_CONFIG = `[safe]
\tdirectory = *
[uploadpack]
\tallowFilter = true
\tallowAnySHA1InWant = true
`;

/** @param home a folder of its own: it holds git's one global configuration file and nothing else. */
export async function createGitRunner(home: string, binary = 'git'): Promise<GitRunner> {
  await mkdir(home, { recursive: true });
  const globalConfig = join(home, 'gitconfig');
  await writeFile(globalConfig, GLOBAL_CONFIG);
  const environment = ({ gitDir, remote }: GitCall): Record<string, string> => ({
    PATH,
    GIT_DIR: gitDir,
    LC_ALL: 'C',
    HOME: home,
    XDG_CONFIG_HOME: home,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: globalConfig,
    GIT_ATTR_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_NO_LAZY_FETCH: '1',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_SSH_VARIANT: 'ssh',
    GIT_ALLOW_PROTOCOL: remote === null ? 'none' : remote.scheme.slice(0, -1),
    ...remote?.env,
    ...configVariables([
      ...fixedConfig,
      ...(remote === null ? [] : [['remote.origin.url', remote.url] as const, ...remote.config]),
    ]),
  });
  async function* stream(call: GitCall): AsyncGenerator<Buffer, void, undefined> {
    const { args, timeoutMs, context } = call;
    const timer = setInterval(context.heartbeat, HEARTBEAT_INTERVAL_MS);
    try {
      yield* streamGit({
        binary,
        args,
        cwd: home,
        timeoutMs,
        env: environment(call),
        outputBytesMax: OUTPUT_BYTES_MAX,
        signal: context.signal,
      });
    } finally {
      clearInterval(timer);
    }
  }
  return {
    stream,
    run: async (call) => {
      const chunks: Buffer[] = [];
      for await (const chunk of stream(call)) chunks.push(chunk);
      return Buffer.concat(chunks).toString('utf8');
    },
  };
}

function configVariables(config: GitRemote['config']): Record<string, string> {
  const variables: Record<string, string> = { GIT_CONFIG_COUNT: String(config.length) };
  config.forEach(([key, value], index) => {
    variables[`GIT_CONFIG_KEY_${index}`] = key;
    variables[`GIT_CONFIG_VALUE_${index}`] = value;
  });
  return variables;
}
