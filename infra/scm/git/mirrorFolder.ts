import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';

/** A mirror is a cache: past these the ones that were not used for longest go, and come back when asked for. */
const MIRRORS_MAX = 200;
const MIRRORS_BYTES_MAX = 20 * 1024 ** 3;
/** Nobody's fetch or log takes this long: a mirror that was not touched since is not in use. */
const IN_USE_MS = 10 * 60_000;

/** The folder of one repository's mirror, marked as used. */
export function mirrorPath(folder: string, mirrorKey: string): string {
  return join(folder, `${mirrorKey}.git`);
}

export async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null;
}

/** The order in which mirrors go is the order of these marks. */
export async function markUsed(path: string): Promise<void> {
  const now = new Date();
  await utimes(path, now, now).catch(() => undefined);
}

/** Makes a folder appear in one piece: `fill` works on a temporary one. Of several makers the first one wins. */
export async function createWhole(
  path: string,
  fill: (path: string) => Promise<void>,
): Promise<void> {
  const temporary = `${path}.${randomUUID()}.tmp`;
  await mkdir(temporary, { recursive: true });
  try {
    await fill(temporary);
    await rename(temporary, path).catch(async (error: unknown) => {
      if (!(await exists(path))) throw error;
    });
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** Out of the way at once, gone when the file system is done. */
export async function discard(path: string): Promise<void> {
  const aside = `${path}.${randomUUID()}.tmp`;
  await rename(path, aside).catch(() => undefined);
  await rm(aside, { recursive: true, force: true });
}

/** Size of what has been fetched into a mirror, packs under construction included. */
export async function packBytes(path: string): Promise<number> {
  const packs = join(path, 'objects', 'pack');
  const names = await readdir(packs).catch(() => []);
  const sizes = await Promise.all(
    names.map(async (name) => (await stat(join(packs, name)).catch(() => null))?.size ?? 0),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** Keeps the folder within its bounds, and clears away what processes that were killed have left. */
export async function pruneMirrors(
  folder: string,
  limits: Readonly<{ count: number; bytes: number; inUseMs: number }> = {
    count: MIRRORS_MAX,
    bytes: MIRRORS_BYTES_MAX,
    inUseMs: IN_USE_MS,
  },
): Promise<void> {
  const names = (await readdir(folder)).filter((name) => /\.git(\..*\.tmp)?$/.test(name));
  const entries = await Promise.all(
    names.map(async (name) => {
      const path = join(folder, name);
      const usedAt = (await stat(path).catch(() => null))?.mtimeMs ?? 0;
      return { path, usedAt, isMirror: name.endsWith('.git'), bytes: await packBytes(path) };
    }),
  );
  let [count, bytes] = [0, 0];
  for (const entry of entries.sort((a, b) => b.usedAt - a.usedAt)) {
    if (entry.isMirror) [count, bytes] = [count + 1, bytes + entry.bytes];
    const isKept = entry.isMirror && count <= limits.count && bytes <= limits.bytes;
    if (!isKept && Date.now() - entry.usedAt > limits.inUseMs) await discard(entry.path);
  }
}
