import { rmSync } from 'node:fs';
import type { seed } from '../seed.ts';
import { writeJsonFile } from './jsonFile.ts';
import type { Servers } from './servers.ts';

export type DevFileContent = Readonly<{
  url: string;
  seeded: Awaited<ReturnType<typeof seed>>;
  servers: Servers;
  pids: Readonly<Record<string, number>>;
}>;

/** Tells scripts and tests where everything is: there from the moment everything answers until shutdown. */
export function writeDevFile(file: string, { url, seeded, servers, pids }: DevFileContent): void {
  writeJsonFile(file, {
    url,
    organization: seeded.organization,
    projects: seeded.projects.map(({ id, slug, dsn }) => ({ id, slug, dsn })),
    token: seeded.token,
    orgToken: seeded.orgToken,
    temporalAddress: servers.temporalAddress,
    temporalNamespace: servers.temporalNamespace,
    temporalUi: servers.temporalUi,
    databaseUrl: servers.databaseUrl,
    redisUrl: servers.redisUrl,
    pids,
  });
}

export function removeDevFile(file: string): void {
  rmSync(file, { force: true });
}
