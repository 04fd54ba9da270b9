import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Obtain } from './temporalBinary.ts';

/** A download that makes no progress for this long is behind a firewall that drops packets. */
const STALLED_MS = 15_000;
const LOOK_EVERY_MS = 250;

/** The SDK gives the file its final name when it is whole. */
const UNFINISHED = '.downloading';

/** The SDK's own way to get a server. */
export const downloadTemporal: Obtain = async ({ version, file, tell, signal }) => {
  tell(`Downloading the Temporal server ${version} (about a minute, once).`);
  await mkdir(dirname(file), { recursive: true });
  // Beside the final place, so that the rename stays on one file system and nobody sees half a file.
  const folder = await mkdtemp(join(dirname(file), 'download-'));
  try {
    await runDownload(folder, version, signal);
    const name = (await readdir(folder)).find((entry) => !entry.endsWith(UNFINISHED));
    if (name === undefined) {
      return {
        ok: false,
        why: 'the download of the Temporal SDK: temporal.download did not answer',
      };
    }
    await chmod(join(folder, name), 0o755);
    await rename(join(folder, name), file);
    return { ok: true };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

/**
 * In a process group of its own, because the SDK's download has no deadline and hangs for good where packets are
 * dropped; how its file grows says whether it is alive.
 */
async function runDownload(
  folder: string,
  version: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const script = join(import.meta.dirname, 'downloadTemporalProcess.ts');
  const child = spawn(process.execPath, [script, folder, version], {
    stdio: 'ignore',
    detached: true,
  });
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;
  const end = once(child, 'exit');
  let size = 0;
  let grewAt = Date.now();
  while (!hasEnded() && signal?.aborted !== true && Date.now() - grewAt < STALLED_MS) {
    await Promise.race([end, delay(LOOK_EVERY_MS)]);
    const sizeNow = await folderSize(folder);
    if (sizeNow > size) grewAt = Date.now();
    size = sizeNow;
  }
  if (!hasEnded() && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  await end;
}

async function folderSize(folder: string): Promise<number> {
  const sizes = await Promise.all(
    (await readdir(folder)).map((name) =>
      stat(join(folder, name)).then(
        ({ size }) => size,
        // Renamed between the two looks.
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
