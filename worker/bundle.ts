import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const ROOT = new URL('../', import.meta.url);
const BUILD = new URL('build/', ROOT);

/** What the bundle is made of: a change in any of these files makes another bundle. */
const SOURCES = ['workflows/', 'domain/', 'package-lock.json'] as const;

/**
 * The workflow bundle for this state of the sources: built once, then found by its hash.
 * A worker that bundles at start holds webpack's memory for the rest of its life (DESIGN 6).
 * @returns the path of the bundle.
 */
export async function buildWorkflowBundle(): Promise<string> {
  const file = new URL(`workflows-${await hashSources()}.js`, BUILD);
  const path = fileURLToPath(file);
  const exists = await readFile(file).then(
    () => true,
    () => false,
  );
  if (exists) return path;
  const { code } = await bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('workflows/index.ts', ROOT)),
    // A page about webpack's modules says nothing to whoever starts a worker.
    logger: new DefaultLogger('WARN'),
  });
  await mkdir(BUILD, { recursive: true });
  // Two starters may build at once: each writes its own file, and the rename is atomic.
  const temporary = `${path}.${process.pid}`;
  await writeFile(temporary, code);
  await rename(temporary, path);
  return path;
}

async function hashSources(): Promise<string> {
  const hash = createHash('sha256');
  for (const source of SOURCES) {
    const names = source.endsWith('/')
      ? (await readdir(new URL(source, ROOT), { recursive: true }))
          .filter((name) => name.endsWith('.ts'))
          .sort()
          .map((name) => source + name)
      : [source];
    for (const name of names) hash.update(name).update(await readFile(new URL(name, ROOT)));
  }
  return hash.digest('hex').slice(0, 16);
}
