import { execFile } from 'node:child_process';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { findExecutable } from '../process/findExecutable.ts';
import type { Obtain } from './temporalBinary.ts';

const run = promisify(execFile);

const PACKAGE = 'github.com/temporalio/cli/cmd/temporal';
const VERSION_VARIABLE = 'github.com/temporalio/cli/internal/temporalcli.Version';

/** Four minutes on two cores; a machine that needs three times as long should get a ready binary. */
const BUILD_TIMEOUT_MS = 20 * 60_000;
const OUTPUT_BYTES_MAX = 16 * 1024 * 1024;

/** Builds the pinned Go module: needs Go and its module proxy, nothing else. */
export const buildTemporal: Obtain = async ({ version, file, module, tell, signal }) => {
  const go = findExecutable('go', process.env['PATH']);
  if (go === null)
    return { ok: false, why: 'a build of the Go module: there is no `go` on the PATH' };
  tell(`Building the Temporal server ${version} with Go (about 4 minutes on two cores, once).`);
  await mkdir(dirname(file), { recursive: true });
  // Two builders at a time each write their own file; the last rename wins, with the same content.
  const unfinished = `${file}.${process.pid}.unfinished`;
  try {
    await run(
      go,
      [
        ...['build', '-trimpath', '-ldflags', `-s -w -X ${VERSION_VARIABLE}=${version}`],
        ...['-o', unfinished, PACKAGE],
      ],
      {
        cwd: module,
        ...(signal === undefined ? {} : { signal }),
        timeout: BUILD_TIMEOUT_MS,
        maxBuffer: OUTPUT_BYTES_MAX,
        // Pure Go: no C compiler, and a binary that runs on any Linux of the platform.
        env: { ...process.env, CGO_ENABLED: '0', GOFLAGS: '', GOWORK: 'off' },
      },
    );
    await rename(unfinished, file);
    return { ok: true };
  } catch (error) {
    const output = (error as { stderr?: string }).stderr ?? String(error);
    return { ok: false, why: `a build of the Go module: ${lastLine(output)}` };
  } finally {
    await rm(unfinished, { force: true });
  }
};

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}
