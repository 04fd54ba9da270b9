// Scenarios: where the Redis server comes from, with fake binaries and a fake package manager.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { redisBinary } from '../scripts/embedded/redisBinary.ts';
import { temporaryFolder } from './support/temporaryFolder.ts';

const isRoot = process.getuid?.() === 0;

function executable(folder: string, name: string, script = ''): string {
  const file = join(folder, name);
  writeFileSync(file, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return file;
}

function locate(folder: string, told: string[] = []): Promise<string> {
  return redisBinary((sentence) => told.push(sentence), { PATH: folder });
}

test.each(['redis-server', 'valkey-server'])('%s on the PATH is used as it is', async (name) => {
  const folder = temporaryFolder();
  const file = executable(folder, name);
  expect(await locate(folder)).toBe(file);
});

test('without a server and without a package manager the error says what to do', async () => {
  await expect(locate(temporaryFolder())).rejects.toThrow(/redis-server.*REDIS_URL/);
});

test.skipIf(isRoot)('only root installs packages', async () => {
  const folder = temporaryFolder();
  executable(folder, 'apk', 'exit 1');
  await expect(locate(folder)).rejects.toThrow(/redis-server.*REDIS_URL/);
});

test.runIf(isRoot)('root gets it from the package manager, and is told once', async () => {
  const folder = temporaryFolder();
  const file = join(folder, 'redis-server');
  executable(folder, 'apk', `[ "$1" = add ] && : >${file} && /bin/chmod +x ${file}`);
  const told: string[] = [];
  expect(await locate(folder, told)).toBe(file);
  expect(told).toEqual([expect.stringContaining('apk')]);
});

test.runIf(isRoot)('a package manager that fails is named, with a way around it', async () => {
  const folder = temporaryFolder();
  executable(folder, 'dnf', 'exit 1');
  await expect(locate(folder)).rejects.toThrow(/dnf install.*REDIS_URL/);
});
