import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { findExecutable } from '../process/findExecutable.ts';

const run = promisify(execFile);

/** Valkey speaks the same protocol and is what some distributions ship instead. */
const COMMANDS = ['redis-server', 'valkey-server'];

/** Package manager → commands that install Redis; the first manager found on the machine is used. */
const INSTALLERS: readonly (readonly [manager: string, steps: readonly (readonly string[])[]])[] = [
  [
    'apt-get',
    [
      ['update', '-qq'],
      ['install', '-y', '-qq', '--no-install-recommends', 'redis-server'],
    ],
  ],
  ['apk', [['add', '--no-cache', 'redis']]],
  ['dnf', [['install', '-y', 'redis']]],
  ['yum', [['install', '-y', 'redis']]],
  ['zypper', [['--non-interactive', 'install', 'redis']]],
  ['pacman', [['-Sy', '--noconfirm', 'redis']]],
];

/** A package mirror that hangs must not look like a start that takes long. */
const INSTALL_TIMEOUT_MS = 5 * 60_000;

/**
 * The Redis server on the PATH; when there is none and we are root, it is installed by the system's package manager.
 * @throws Error that says what to do, when neither is possible.
 */
export async function redisBinary(
  tell: (sentence: string) => void,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<string> {
  const found = findRedis(environment);
  if (found !== null) return found;
  const installer = INSTALLERS.find(
    ([manager]) => findExecutable(manager, environment['PATH']) !== null,
  );
  if (process.getuid?.() !== 0 || installer === undefined) {
    throw new Error(
      'Redis is missing: install the package redis-server (redis on some systems), or set REDIS_URL to a Redis that runs already.',
    );
  }
  const [manager, steps] = installer;
  tell(`Installing Redis with ${manager} (about 20 s, once).`);
  for (const step of steps) {
    try {
      await run(manager, step, {
        timeout: INSTALL_TIMEOUT_MS,
        env: { ...environment, DEBIAN_FRONTEND: 'noninteractive' },
      });
    } catch (cause) {
      throw new Error(
        `${manager} ${step.join(' ')} failed. Install Redis yourself, or set REDIS_URL.`,
        { cause },
      );
    }
  }
  const installed = findRedis(environment);
  if (installed === null) throw new Error(`${manager} installed no redis-server. Set REDIS_URL.`);
  return installed;
}

function findRedis(environment: NodeJS.ProcessEnv): string | null {
  for (const command of COMMANDS) {
    const file = findExecutable(command, environment['PATH']);
    if (file !== null) return file;
  }
  return null;
}
