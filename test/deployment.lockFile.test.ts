// Scenarios: a lock file that `npm ci` accepts on every platform and against every registry.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { missingPackages, type LockFile } from '../scripts/lockFile/missingPackages.ts';

const lock = JSON.parse(
  readFileSync(join(import.meta.dirname, '..', 'package-lock.json'), 'utf8'),
) as LockFile;

test('every optional package is locked, else `npm ci` refuses the file (`npm run lockfile` adds them)', () => {
  expect(missingPackages(lock).map(({ path }) => path)).toEqual([]);
});

test('no address of a registry is locked: each installation uses its own', () => {
  const addresses = Object.values(lock.packages).filter((locked) => 'resolved' in locked);
  expect(addresses).toEqual([]);
});

test.each([
  {
    name: '@x/y-linux-arm64-musl',
    expected: { os: ['linux'], cpu: ['arm64'], libc: ['musl'] },
  },
  { name: '@x/y-linux-x64-gnu', expected: { os: ['linux'], cpu: ['x64'], libc: ['glibc'] } },
  { name: '@x/y-linux-arm-gnueabihf', expected: { os: ['linux'], cpu: ['arm'], libc: ['glibc'] } },
  { name: '@x/y-win32-ia32-msvc', expected: { os: ['win32'], cpu: ['ia32'] } },
  { name: '@x/y-darwin-arm64', expected: { os: ['darwin'], cpu: ['arm64'] } },
])('a left-out $name is named with its platform', ({ name, expected }) => {
  const parent = { version: '1.0.0', dev: true, optionalDependencies: { [name]: '1.2.3' } };
  expect(missingPackages({ packages: { 'node_modules/y': parent } })).toEqual([
    {
      path: `node_modules/${name}`,
      package: { version: '1.2.3', dev: true, optional: true, ...expected },
    },
  ]);
});

test('a package that another one brings along in a folder above is not missing', () => {
  const name = 'y-linux-x64-gnu';
  const packages = {
    'node_modules/a/node_modules/b': { optionalDependencies: { [name]: '1.0.0' } },
    [`node_modules/a/node_modules/${name}`]: { version: '1.0.0' },
  };
  expect(missingPackages({ packages })).toEqual([]);
});

test('what is missing and belongs to no platform is an error, because its content would be needed', () => {
  const parent = { optionalDependencies: { fsevents: '~2.3.3' } };
  expect(() => missingPackages({ packages: { 'node_modules/a': parent } })).toThrow('fsevents');
});
