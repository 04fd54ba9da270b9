import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** Where everything of one stack lives. */
export type StateFolder = Readonly<{
  root: string;
  lock: string;
  /** Programs to stop when their starter is gone; each starter keeps its own list. */
  wards: (starterPid: number) => string;
  secrets: string;
  ports: string;
  dev: string;
  postgres: string;
  redis: string;
  temporalDatabase: string;
  temporalProfile: string;
  log: (name: string) => string;
}>;

const WARDS_PREFIX = 'wards.';

export function stateFolder(root: string): StateFolder {
  return {
    root,
    lock: join(root, 'lock'),
    wards: (starterPid) => join(root, `${WARDS_PREFIX}${starterPid}`),
    secrets: join(root, 'secrets.json'),
    ports: join(root, 'ports.json'),
    dev: join(root, 'dev.json'),
    postgres: join(root, 'postgres'),
    redis: join(root, 'redis'),
    temporalDatabase: join(root, 'temporal', 'temporal.db'),
    temporalProfile: join(root, 'temporal', 'profile.toml'),
    log: (name) => join(root, 'logs', `${name}.log`),
  };
}

export function createStateFolder(folder: StateFolder): void {
  // Others may pass through, because Postgres does as another user; the files with secrets are closed themselves.
  mkdirSync(join(folder.root, 'logs'), { recursive: true, mode: 0o711 });
}

/** The lists of starters that could not clear them away. */
export function leftoverWards(folder: StateFolder): string[] {
  return readdirSync(folder.root)
    .filter((name) => name.startsWith(WARDS_PREFIX))
    .map((name) => join(folder.root, name));
}

/** Empties the folder but for the lock, which its caller holds. */
export function wipeStateFolder(folder: StateFolder): void {
  for (const name of readdirSync(folder.root)) {
    const path = join(folder.root, name);
    if (!path.startsWith(folder.lock)) rmSync(path, { recursive: true, force: true });
  }
  createStateFolder(folder);
}
