import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
const files = globSync('{db,activities,api,infra,worker,scripts}/**/*.ts', { cwd: root });

/** Everything between backquotes that reads, with the file that it is in. */
const statements = files.flatMap((file) =>
  [...readFileSync(join(root, file), 'utf8').matchAll(/`[^`]*\bfrom [^`]*`/g)].map(([text]) => ({
    file,
    text,
  })),
);

/** A second way would know nothing of the cache, of pending deletions or of ids, or not for long. */
test.each([
  [
    'organizations',
    /from organization\s[^`]*where[^`]*(?:\bslug (?:=|in)|\{co\w+\} =|\{condition\})/,
    'organization',
  ],
  ['tokens', /\btoken_hash = (?:\$|any)/, 'token'],
  ['names of environments', /from environment\s+where[^`]*\{condition\}/, 'environment'],
])('%s of callers are looked for by one module', (_, pattern, model) => {
  expect(statements.length).toBeGreaterThan(200);
  const found = statements.filter(({ text }) => pattern.test(text)).map(({ file }) => file);
  expect([...new Set(found)]).toEqual([`db/models/${model}.ts`]);
});
