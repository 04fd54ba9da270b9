// What the admin tool does through the endpoints of the API.
import { beforeAll, describe, expect, it, test } from 'vitest';
import { cloneDatabase } from './support/database.ts';
import { testPool } from './support/pool.ts';
import { runAdmin, type AdminRun } from './support/runAdmin.ts';

const database = cloneDatabase();
const db = testPool(database.url);

const run = (line: string): Promise<AdminRun> =>
  runAdmin(line.split(' '), { DATABASE_URL: database.url });

async function json(line: string): Promise<any> {
  const { code, stdout, stderr } = await run(`${line} --json`);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout);
}

const rows = async (text: string, values: unknown[] = []): Promise<unknown[]> =>
  (await db.pool.query(text, values)).rows;

beforeAll(async () => {
  await json('org create acme');
  await json('team create acme crew');
});

describe('teams and projects', () => {
  it('are made by the endpoints: checked as there, and told to the audit log', async () => {
    await json('team create acme hive --name Hive');
    await json('team create acme labs');
    const { id } = await json('project create acme web --team hive --team labs');
    const linked = await rows(
      'select team.slug from project_team join team on team.id = team_id where project_id = $1 order by 1',
      [id],
    );
    expect(linked).toEqual([{ slug: 'hive' }, { slug: 'labs' }]);
    const told = await rows(
      `select event, actor_label from audit_log
        where organization_id = (select id from organization where slug = 'acme') order by id`,
    );
    expect(told).toEqual([
      { event: 'team.create', actor_label: 'Administration' },
      { event: 'team.create', actor_label: 'Administration' },
      { event: 'team.create', actor_label: 'Administration' },
      { event: 'project.create', actor_label: 'Administration' },
      { event: 'project-team.add', actor_label: 'Administration' },
    ]);
  });

  test.each([
    ['team create acme NotASlug', 'slug: '],
    ['project create acme api2 --platform nope --team crew', 'platform: Invalid platform'],
  ])('%s: %s', async (line, text) => {
    const { code, stderr } = await run(line);
    expect(code).toBe(1);
    expect(stderr).toContain(text);
  });
});
