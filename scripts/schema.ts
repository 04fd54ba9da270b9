import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrate } from '../db/migrate.ts';
import { embeddedPostgres, ensureDatabase, postgresUrl } from './embedded/postgres.ts';
import { choosePort } from './process/ports.ts';
import { startProgram } from './process/startProgram.ts';
import { dumpSchema } from './schema/dumpSchema.ts';

const FILE = join(import.meta.dirname, '..', 'db', 'schema.sql');

/** Migrates a throwaway database and describes what came out. */
async function currentSchema(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-schema-'));
  await chmod(folder, 0o711);
  const server = { port: await choosePort([]), password: 'schema' };
  try {
    const program = await embeddedPostgres({
      ...server,
      dataDir: join(folder, 'postgres'),
      durable: false,
      tell: console.error,
    });
    const postgres = await startProgram(program, join(folder, 'postgres.log'));
    try {
      await ensureDatabase(postgresUrl(server, 'postgres'), 'slipway');
      await migrate(postgresUrl(server, 'slipway'));
      return await dumpSchema(postgresUrl(server, 'slipway'));
    } finally {
      await postgres.stop();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const schema = await currentSchema();
if (!process.argv.includes('--check')) {
  await writeFile(FILE, schema);
} else if ((await readFile(FILE, 'utf8').catch(() => '')) !== schema) {
  console.error('db/schema.sql is stale: run `npm run schema` and commit it.');
  process.exitCode = 1;
}
