import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { admin } from '../../scripts/admin/admin.ts';

const CHECKOUT = join(import.meta.dirname, '..', '..');

export type AdminRun = Readonly<{ code: number; stdout: string; stderr: string }>;

/** Runs a command of the admin tool inside the test process: a process of its own takes half a second to start. */
export async function runAdmin(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<AdminRun> {
  const printed = { log: '', error: '' };
  const code = await admin(args, environment, {
    log: (text) => (printed.log += `${text}\n`),
    error: (text) => (printed.error += `${text}\n`),
  });
  return { code, stdout: printed.log, stderr: printed.error };
}

/** Runs the admin tool as its own process, with nothing in its environment but what is given. */
export function runAdminProcess(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<AdminRun> {
  const { promise, resolve } = Promise.withResolvers<AdminRun>();
  execFile(
    process.execPath,
    [join(CHECKOUT, 'scripts', 'admin.ts'), ...args],
    // Elsewhere on purpose: the state folder belongs to the checkout, not to where somebody stands.
    { cwd: '/', env: { PATH: process.env['PATH'], ...environment } },
    (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
    },
  );
  return promise;
}
