import { ConfigError, EXIT_CODE_CONFIG } from '../infra/config.ts';
import { stopLeftovers } from './process/reaper.ts';
import { acquireLock } from './stack/lock.ts';
import { parseOptions, USAGE } from './stack/options.ts';
import { readyBlock } from './stack/readyBlock.ts';
import { readSettings } from './stack/settings.ts';
import { onShutdownRequest } from './stack/shutdownRequests.ts';
import { Stack } from './stack/stack.ts';
import {
  createStateFolder,
  leftoverWards,
  stateFolder,
  wipeStateFolder,
} from './stack/stateFolder.ts';

async function main(): Promise<number> {
  const options = parseOptions(process.argv.slice(2));
  if (options.help) {
    tell(USAGE);
    return 0;
  }
  const settings = readSettings(process.env);
  const folder = stateFolder(settings.stateDir);
  createStateFolder(folder);
  const lock = acquireLock(folder.lock);
  try {
    for (const list of leftoverWards(folder)) await stopLeftovers(list, tell);
    if (options.fresh) wipeStateFolder(folder);
    return await runStack(new Stack({ settings, folder, tell }));
  } finally {
    lock.release();
  }
}

/** Runs until somebody asks for the end, or the start fails. */
async function runStack(stack: Stack): Promise<number> {
  const hurry = new AbortController();
  const ending = Promise.withResolvers<null>();
  onShutdownRequest(
    (reason) => {
      tell(`Stopping (${reason}): what was accepted is finished first. Ctrl-C again hurries.`);
      ending.resolve(null);
    },
    () => hurry.abort(),
  );
  tell('Starting Postgres, Redis, Temporal, the API and the worker.');
  const starting = stack.start();
  try {
    const running = await Promise.race([starting, ending.promise]);
    if (running !== null) {
      tell(readyBlock(running));
      await ending.promise;
    }
    return 0;
  } finally {
    // A start that was given up fails in its own way; what it fails with is no news.
    starting.catch(() => undefined);
    await stack.stop(hurry.signal);
  }
}

function tell(text: string): void {
  console.log(text);
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = error instanceof ConfigError ? EXIT_CODE_CONFIG : 1;
}
// Whatever a dependency still holds open: everything of ours has ended.
process.exit();
