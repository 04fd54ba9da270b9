import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findExecutable, isExecutable } from '../process/findExecutable.ts';
import { buildTemporal } from './buildTemporal.ts';
import { downloadTemporal } from './downloadTemporal.ts';

const run = promisify(execFile);

/** Older servers lack eager activities and fairness, and lose updates to a closing workflow. */
const SERVER_VERSION_MIN = [1, 31] as const;

/** The Go module that builds the server; its go.mod pins the version for every way to get one. */
const MODULE = join(import.meta.dirname, '..', '..', 'tools', 'temporal');

/** A way to get the binary of a version into a file; answers why not, when it cannot. */
export type Obtain = (
  request: Readonly<{
    version: string;
    file: string;
    module: string;
    tell: (sentence: string) => void;
    signal: AbortSignal | undefined;
  }>,
) => Promise<{ ok: true } | { ok: false; why: string }>;

export type TemporalBinaryOptions = Readonly<{
  tell: (sentence: string) => void;
  /** Gives up a download or a build. */
  signal?: AbortSignal;
  environment?: NodeJS.ProcessEnv;
  /** In order; the first that succeeds fills the cache. */
  sources?: readonly Obtain[];
}>;

/**
 * Where the `temporal` binary is: TEMPORAL_CLI, else the PATH, else the user's cache folder, which the SDK's own
 * download fills or, without it, a build of the Go module.
 * @throws Error that says what was tried and what to do.
 */
export async function temporalBinary(options: TemporalBinaryOptions): Promise<string> {
  const environment = options.environment ?? process.env;
  const given = environment['TEMPORAL_CLI'] ?? '';
  if (given !== '') {
    if (!isExecutable(given)) throw new Error(`TEMPORAL_CLI: ${given} is not an executable file.`);
    return given;
  }
  const onPath = findExecutable('temporal', environment['PATH']);
  if (onPath !== null && (await isNewEnough(onPath))) return onPath;

  const version = await pinnedVersion();
  const file = join(
    cacheFolder(environment),
    `temporal-${version}-${process.platform}-${process.arch}`,
  );
  if (isExecutable(file)) return file;
  const reasons: string[] = [];
  for (const obtain of options.sources ?? [downloadTemporal, buildTemporal]) {
    const result = await obtain({
      version,
      file,
      module: MODULE,
      tell: options.tell,
      signal: options.signal,
    });
    options.signal?.throwIfAborted();
    if (result.ok) return file;
    reasons.push(result.why);
  }
  throw new Error(
    [
      'There is no Temporal server. Tried:',
      onPath === null
        ? '- `temporal` on the PATH: not there'
        : `- ${onPath}: older than server ${SERVER_VERSION_MIN.join('.')}`,
      ...reasons.map((why) => `- ${why}`),
      `Install the Temporal CLI ${version} and put it on the PATH (or name it with TEMPORAL_CLI), or set TEMPORAL_ADDRESS to a Temporal server that runs already.`,
    ].join('\n'),
  );
}

async function isNewEnough(binary: string): Promise<boolean> {
  // "temporal version 1.8.2 (Server 1.31.2, UI 2.50.1)"
  const text = await run(binary, ['--version'], { timeout: 10_000 }).then(
    ({ stdout }) => stdout,
    () => '',
  );
  const match = /Server (\d+)\.(\d+)/.exec(text);
  if (match === null) return false;
  const [major, minor] = [Number(match[1]), Number(match[2])];
  const [majorMin, minorMin] = SERVER_VERSION_MIN;
  return major > majorMin || (major === majorMin && minor >= minorMin);
}

async function pinnedVersion(): Promise<string> {
  const goMod = await readFile(join(MODULE, 'go.mod'), 'utf8');
  const version = /github\.com\/temporalio\/cli v(\S+)/.exec(goMod)?.[1];
  if (version === undefined) throw new Error('tools/temporal/go.mod does not name the CLI.');
  return version;
}

function cacheFolder(environment: NodeJS.ProcessEnv): string {
  const base = environment['XDG_CACHE_HOME'] ?? '';
  return join(base === '' ? join(homedir(), '.cache') : base, 'slipway');
}
