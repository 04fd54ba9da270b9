import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

const require = createRequire(import.meta.url);

/** Clients retry for up to half a minute; a run that takes longer hangs, and shows what it printed so far. */
const RUN_TIMEOUT_MS = 25_000;

export type CliProgram = Readonly<{ command: string; args: readonly string[] }>;

export type CliRun = Readonly<{
  /** Null when a signal ended the process. */
  exitCode: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
  /** What a person sees: both streams, as they came. */
  output: string;
  /** The home folder of the run, for what it has stored there. */
  home: string;
}>;

export type CliOptions = Readonly<{
  cwd?: string;
  /** On top of a clean environment; undefined leaves a variable out. */
  env?: Readonly<Record<string, string | undefined>>;
  input?: string;
}>;

/** The binary itself: the package's launcher would only start another Node in front of it. */
export function sentryCliProgram(packageName: '@sentry/cli' | 'sentry-cli-v2'): CliProgram {
  const { SentryCli } = require(packageName) as { SentryCli?: { getPath: () => string } };
  const cli = SentryCli ?? (require(packageName) as { getPath: () => string });
  return { command: cli.getPath(), args: [] };
}

export function sentryProgram(): CliProgram {
  const entry = join(require.resolve('sentry'), '../bin.cjs');
  return { command: process.execPath, args: [entry] };
}

/**
 * Runs a program for the tests of a file, each time in a new home folder and without this process's environment:
 * neither what a developer has configured for the real service nor what an earlier run has cached may leak in.
 */
export function useCli(
  program: CliProgram,
): (args: readonly string[], options?: CliOptions) => Promise<CliRun> {
  const homes = mkdtempSync(join(tmpdir(), 'slipway-home-'));
  afterAll(() => rmSync(homes, { recursive: true, force: true }));
  return (args, options = {}) => run(program, args, mkdtempSync(join(homes, 'run-')), options);
}

function run(
  program: CliProgram,
  args: readonly string[],
  home: string,
  options: CliOptions,
): Promise<CliRun> {
  const child = spawn(program.command, [...program.args, ...args], {
    cwd: options.cwd ?? home,
    env: { ...cleanEnvironment(home), ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout: RUN_TIMEOUT_MS,
    killSignal: 'SIGKILL',
  });
  const written = { stdout: '', stderr: '', output: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      written[stream] += text;
      written.output += text;
    });
  }
  // A program that does not read its input may be gone before it is written.
  child.stdin.on('error', () => undefined).end(options.input ?? '');
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode, signal) => resolve({ exitCode, signal, ...written, home }));
  });
}

function cleanEnvironment(home: string): NodeJS.ProcessEnv {
  return {
    PATH: process.env['PATH'],
    HOME: home,
    TZ: 'UTC',
    NO_COLOR: '1',
    GIT_CONFIG_NOSYSTEM: '1',
    // Nothing but the server under test may be called.
    SENTRY_DISABLE_UPDATE_CHECK: '1',
    SENTRY_CLI_NO_UPDATE_CHECK: '1',
    SENTRY_CLI_NO_TELEMETRY: '1',
    SENTRY_NO_CACHE: '1',
    SENTRY_NO_PROGRESS_BARS: '1',
  };
}
