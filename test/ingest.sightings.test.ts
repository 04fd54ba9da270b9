// Links that events make between releases, environments and projects: what is written, and what is left alone.
import { beforeEach, describe, expect, it } from 'vitest';
import { LAST_SEEN_SECONDS, linkSightings } from '../db/events/linkSightings.ts';
import { transaction } from '../db/pool.ts';
import { cloneDatabase } from './support/database.ts';
import { testPool } from './support/pool.ts';
import { createTenant } from './support/tenant.ts';

const database = cloneDatabase();
const db = testPool(database.url);
const START = Date.parse('2026-02-03T10:00:00Z');
const at = (seconds: number): string => new Date(START + seconds * 1_000).toISOString();

let number = 0;
let ids: { projectId: string; environmentId: string; releaseId: string };

beforeEach(async () => {
  number += 1;
  const { organizationId, web } = await createTenant(db.pool, `seen-${number}`);
  const { rows } = await db.pool.query(
    `with environment as (insert into environment (organization_id, name) values ($1, 'prod') returning id),
          release as (insert into release (organization_id, version) values ($1, '1.0') returning id)
     select environment.id as "environmentId", release.id as "releaseId" from environment, release`,
    [organizationId],
  );
  ids = { projectId: web.id, ...rows[0] };
  await see(0);
});

const see = (from: number, to = from): Promise<void> =>
  transaction(db.pool, (tx) =>
    linkSightings(tx, [{ ...ids, firstSeen: at(from), lastSeen: at(to) }]),
  );

/** Both links of the release, with the transactions that last wrote them. */
async function links() {
  const { rows } = await db.pool.query(
    `select first_seen, last_seen, xmin from release_environment where release_id = $1
     union all
     select first_seen, last_seen, xmin from release_project_environment where release_id = $1`,
    [ids.releaseId],
  );
  return rows;
}

const seen = async () =>
  (await links()).map(({ first_seen, last_seen }) => [
    new Date(first_seen).toISOString(),
    new Date(last_seen).toISOString(),
  ]);

describe('a link of a release to an environment', () => {
  it('is not written again within a minute', async () => {
    const before = await links();
    expect(before).toHaveLength(2);
    await see(1);
    await see(LAST_SEEN_SECONDS);
    expect(await links()).toEqual(before);
  });

  it('moves its last sighting forward after a minute, and keeps its first', async () => {
    await see(LAST_SEEN_SECONDS + 1);
    expect(await seen()).toEqual(Array(2).fill([at(0), at(LAST_SEEN_SECONDS + 1)]));
  });

  it('never moves back for an event that comes late', async () => {
    const before = await links();
    await see(-7_200);
    expect(await links()).toEqual(before);
  });
});

describe('a link of a project to an environment', () => {
  const link = async () =>
    (
      await db.pool.query('select is_hidden from environment_project where project_id = $1', [
        ids.projectId,
      ])
    ).rows;

  it('stays hidden when it is seen again', async () => {
    await db.pool.query('update environment_project set is_hidden = true where project_id = $1', [
      ids.projectId,
    ]);
    await see(LAST_SEEN_SECONDS + 1);
    expect(await link()).toEqual([{ is_hidden: true }]);
  });

  it('comes back with the next sighting after it was deleted', async () => {
    await db.pool.query('delete from environment_project where project_id = $1', [ids.projectId]);
    await see(1);
    expect(await link()).toEqual([{ is_hidden: null }]);
  });
});
