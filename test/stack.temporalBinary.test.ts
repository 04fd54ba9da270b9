// Scenarios: where the Temporal server comes from, in order, with fake binaries.
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { temporalBinary, type Obtain } from '../scripts/embedded/temporalBinary.ts';
import { temporaryFolder } from './support/temporaryFolder.ts';

function fakeBinary(folder: string, server: string): string {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'temporal');
  writeFileSync(file, `#!/bin/sh\necho 'temporal version 1.0.0 (Server ${server}, UI 2.0.0)'\n`);
  chmodSync(file, 0o755);
  return file;
}

const succeeds: Obtain = ({ file }) => {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, '#!/bin/sh\n', { mode: 0o755 });
  return Promise.resolve({ ok: true });
};

const fails =
  (why: string): Obtain =>
  () =>
    Promise.resolve({ ok: false, why });

/** Nothing but what the test puts there: PATH and cache of the machine play no part. */
function locate(folder: string, options: { cli?: string; sources?: Obtain[] } = {}) {
  return temporalBinary({
    tell: () => undefined,
    environment: {
      PATH: `${join(folder, 'path')}:/bin:/usr/bin`,
      XDG_CACHE_HOME: join(folder, 'cache'),
      TEMPORAL_CLI: options.cli,
    },
    sources: options.sources ?? [fails('no network')],
  });
}

test('TEMPORAL_CLI wins over everything, whatever its version', async () => {
  const folder = temporaryFolder();
  fakeBinary(join(folder, 'path'), '1.31.2');
  const given = fakeBinary(join(folder, 'given'), '1.20.0');
  expect(await locate(folder, { cli: given })).toBe(given);
});

test('a TEMPORAL_CLI that is no executable is an error, not a reason to look elsewhere', async () => {
  const folder = temporaryFolder();
  fakeBinary(join(folder, 'path'), '1.31.2');
  await expect(locate(folder, { cli: join(folder, 'nothing') })).rejects.toThrow('TEMPORAL_CLI');
});

test.each(['1.31.0', '1.32.0', '2.0.0'])(
  'a server %s on the PATH is used without a download',
  async (version) => {
    const folder = temporaryFolder();
    const onPath = fakeBinary(join(folder, 'path'), version);
    expect(await locate(folder)).toBe(onPath);
  },
);

test.each(['1.29.1', '1.30.9', '0.99.0'])(
  'a server %s on the PATH is too old and passed over',
  async (version) => {
    const folder = temporaryFolder();
    fakeBinary(join(folder, 'path'), version);
    const file = await locate(folder, { sources: [succeeds] });
    expect(file).toContain(join(folder, 'cache', 'slipway', 'temporal-'));
  },
);

test('the sources are asked in order, and what the first one brings is kept for the next time', async () => {
  const folder = temporaryFolder();
  const asked: string[] = [];
  const first: Obtain = (request) => {
    asked.push(request.version);
    return fails('no network')(request);
  };
  const file = await locate(folder, { sources: [first, succeeds, fails('never asked')] });
  expect(existsSync(file)).toBe(true);
  expect(asked).toEqual([pinnedVersion()]);
  expect(await locate(folder, { sources: [fails('never asked')] })).toBe(file);
});

test('without any source the error says what was tried and what to do', async () => {
  const folder = temporaryFolder();
  fakeBinary(join(folder, 'path'), '1.29.1');
  const attempt = locate(folder, { sources: [fails('no network'), fails('no Go')] });
  await expect(attempt).rejects.toThrow(
    /older than server 1\.31[^]*no network[^]*no Go[^]*TEMPORAL_CLI[^]*TEMPORAL_ADDRESS/,
  );
  expect(existsSync(join(folder, 'cache')) ? readdirSync(join(folder, 'cache')) : []).toEqual([]);
});

function pinnedVersion(): string {
  const goMod = readFileSync(
    join(import.meta.dirname, '..', 'tools', 'temporal', 'go.mod'),
    'utf8',
  );
  return /temporalio\/cli v(\S+)/.exec(goMod)![1]!;
}
