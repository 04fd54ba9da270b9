import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

/** A connection refuses the second text under a name, and only where both come to the same connection: at random. */
test('no two statements share a name', () => {
  const root = join(import.meta.dirname, '..');
  const files = globSync('{db,activities,api}/**/*.ts', { cwd: root });
  const names = files.flatMap((file) =>
    [...readFileSync(join(root, file), 'utf8').matchAll(/\bname: '(\w+)',\s+text:/g)].map(
      ([, name]) => ({ name: name!, file }),
    ),
  );
  expect(names.length).toBeGreaterThan(100);
  const shared = [...Map.groupBy(names, ({ name }) => name)].filter(([, uses]) => uses.length > 1);
  expect(shared).toEqual([]);
});
