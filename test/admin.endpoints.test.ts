// What the admin tool does through the endpoints of the API, and that the audit log tells of the rest as well.
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
      { event: 'org.create', actor_label: 'Administration' },
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
    ['project create acme api2 --platform nope', 'platform: Invalid platform'],
  ])('%s: %s', async (line, text) => {
    const { code, stderr } = await run(line);
    expect(code).toBe(1);
    expect(stderr).toContain(text);
  });
});

describe('what has no endpoint', () => {
  /** What the audit log tells since; once, so that the same again is seen to change nothing. */
  async function toldOf(...lines: string[]): Promise<unknown[]> {
    const [{ last }] = (await rows('select coalesce(max(id), 0) as last from audit_log')) as any[];
    for (const line of lines) await json(line);
    return rows(
      `select event, data from audit_log
        where id > $1 and actor_id is null and actor_label = 'Administration' order by id`,
      [last],
    );
  }

  it('is told to the audit log: settings, without secrets', async () => {
    const set = 'org set acme openMembership=false fetchBase=environment:prod';
    expect(await toldOf(set, 'org set acme openMembership=false')).toEqual([
      {
        event: 'org.edit',
        data: { allow_joinleave: 'to False', fetchBase: 'to environment:prod' },
      },
    ]);
  });

  it('so are people: when they come, and when they become something else', async () => {
    const user = 'user create ada@acme.test --org acme';
    expect(await toldOf(user, user, `${user} --role owner`, `${user} --team crew`)).toEqual([
      { event: 'member.add', data: { email: 'ada@acme.test', role: 'member' } },
      { event: 'member.edit', data: { email: 'ada@acme.test', role: 'owner' } },
      { event: 'member.edit', data: { email: 'ada@acme.test', role: 'owner', teams: ['crew'] } },
    ]);
  });

  it('so are tokens of the organization, projects without a team and repositories', async () => {
    const { id } = await json('token create --org acme');
    expect(
      await toldOf(
        'token create --org acme --name nightly',
        `token revoke ${id}`,
        'token create --user ada@acme.test --scopes org:read',
        'project create acme alone',
        'repo create acme acme/web --provider github',
      ),
    ).toEqual([
      { event: 'org-auth-token.create', data: { name: 'nightly', scopes: ['org:ci'] } },
      {
        event: 'org-auth-token.remove',
        data: { name: 'Created by the admin tool', scopes: ['org:ci'] },
      },
      { event: 'project.create', data: expect.objectContaining({ slug: 'alone', status: 0 }) },
      {
        event: 'repository.create',
        data: expect.objectContaining({ name: 'acme/web', provider: 'github' }),
      },
    ]);
  });
});
