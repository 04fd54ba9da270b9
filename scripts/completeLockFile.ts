import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { missingPackages, type LockFile } from './lockFile/missingPackages.ts';

// After an `npm install` against a registry that does not serve every platform: names what npm left out.
const FILE = join(import.meta.dirname, '..', 'package-lock.json');
const lock = JSON.parse(await readFile(FILE, 'utf8')) as LockFile;
const missing = missingPackages(lock);
const packages = {
  ...lock.packages,
  ...Object.fromEntries(missing.map((entry) => [entry.path, entry.package])),
};
const sorted = Object.entries(packages).sort(([a], [b]) => (a < b ? -1 : 1));
if (missing.length > 0) {
  const completed = { ...lock, packages: Object.fromEntries(sorted) };
  await writeFile(FILE, `${JSON.stringify(completed, null, 2)}\n`);
}
console.log(`${missing.length} packages added.`);
