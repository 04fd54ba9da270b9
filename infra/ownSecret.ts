import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The signing key of a state folder, made by whoever needs it first. API and worker that start at the same moment must
 * agree: a link, unlike a write, is there at once and with all of its content, and only the first one succeeds.
 */
export function ownSecret(stateDir: string): string {
  const file = join(stateDir, 'secret');
  const draft = `${file}.${process.pid}`;
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    // Others may pass through: the embedded Postgres is another user's.
    mkdirSync(stateDir, { recursive: true, mode: 0o711 });
  }
  writeFileSync(draft, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600 });
  try {
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft);
  }
  return readFileSync(file, 'utf8').trim();
}
