import { parseArgs } from 'node:util';

export const USAGE = `Usage: npm start [-- --fresh]

Starts Slipway with everything it needs: Postgres, Redis and a Temporal server with its Web UI, the API and the worker.
Ctrl-C stops all of it.

  --fresh   forget everything first: wipes the state folder
  --help    show this

PORT, HOST             where the API listens (9000, 127.0.0.1)
SLIPWAY_DIR            state folder with data and logs (.slipway)
DATABASE_URL, REDIS_URL, TEMPORAL_ADDRESS
                       use these servers instead of starting one
TEMPORAL_CLI           the \`temporal\` binary to run, instead of one that is found, downloaded or built
`;

export type StartOptions = Readonly<{ fresh: boolean; help: boolean }>;

/** @throws TypeError naming an option that does not exist. */
export function parseOptions(args: readonly string[]): StartOptions {
  const { values } = parseArgs({
    args: [...args],
    options: { fresh: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
  });
  return { fresh: values.fresh ?? false, help: values.help ?? false };
}
