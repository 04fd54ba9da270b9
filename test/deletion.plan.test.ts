// In which order, and over which columns, the rows of what is deleted are found.
import { describe, expect, test } from 'vitest';
import { deleteRows } from '../activities/deletion/deleteRows.ts';
import { listDeletionSteps } from '../db/deletion/deletionSteps.ts';
import { planDeletion, type Link } from '../db/deletion/planDeletion.ts';
import { removeTarget } from '../db/deletion/removeTarget.ts';
import { transaction, type Pool, type Transaction } from '../db/pool.ts';
import { countRows, createFullOrganization, createFullProject } from './support/fullTenant.ts';
import { useSlipway } from './support/slipway.ts';

/** `child.column → parent`, with `?` for a column that may be null. */
function link(text: string, strength: Link['strength'] = 'owned'): Link {
  const [, child = '', column = '', optional, parent = ''] = /^(\w+)\.(\w+)(\?)? (\w+)$/.exec(
    text,
  )!;
  return {
    child,
    column,
    isRequired: optional === undefined,
    parent,
    parentColumn: 'id',
    strength,
  };
}

const planned = (links: readonly Link[]): string[] =>
  planDeletion('root', links).map(({ table, path }) =>
    [table, ...path.map(({ column }) => column)].join(' '),
  );

describe('a plan', () => {
  test.each<[string, Link[], string[]]>([
    ['nothing refers to the root', [link('other.user_id user')], []],
    [
      'children stand before their parents',
      [link('parent.root_id root'), link('child.parent_id parent'), link('leaf.child_id child')],
      ['leaf child_id parent_id root_id', 'child parent_id root_id', 'parent root_id'],
    ],
    [
      'the nearest owner is enough where every row has it',
      [link('a.root_id root'), link('b.a_id a'), link('c.b_id b'), link('c.root_id root')],
      ['c root_id', 'b a_id root_id', 'a root_id'],
    ],
    [
      'owners of which each row has one are all asked',
      [link('team.root_id root'), link('picture.root_id? root'), link('picture.team_id? team')],
      ['picture root_id', 'picture team_id root_id', 'team root_id'],
    ],
    [
      'what hangs on several owners is found through each',
      [
        link('team.root_id root'),
        link('picture.root_id? root'),
        link('picture.team_id? team'),
        link('size.picture_id picture'),
      ],
      [
        'size picture_id root_id',
        'size picture_id team_id root_id',
        'picture root_id',
        'picture team_id root_id',
        'team root_id',
      ],
    ],
    [
      'a required owner beats an optional one that is nearer',
      [link('a.root_id root'), link('b.a_id a'), link('b.root_id? root')],
      ['b a_id root_id', 'a root_id'],
    ],
    [
      'rows that stay without what they name are left alone',
      [link('token.last_id? root', 'loose')],
      [],
    ],
    [
      'what would hold a parent back goes before it',
      [
        link('aaa.root_id root'),
        link('zzz.root_id root'),
        link('zzz.aaa_id? aaa', 'blocking'),
        link('mmm.zzz_id? zzz', 'loose'),
        link('mmm.root_id root'),
      ],
      ['zzz root_id', 'mmm root_id', 'aaa root_id'],
    ],
    [
      'circles and rows of one table that refer to each other end',
      [
        link('a.root_id root'),
        link('a.a_id? a'),
        link('a.b_id? b'),
        link('b.root_id root'),
        link('b.a_id a'),
        link('root.a_id? a'),
      ],
      ['a root_id', 'b root_id'],
    ],
  ])('%s', (name, links, steps) => {
    expect(planned(links).toSorted()).toEqual(steps.toSorted());
    const order = planned(links).map((step) => step.split(' ')[0]!);
    if (name.startsWith('circles')) return;
    for (const { child, parent, strength } of links) {
      if (strength === 'loose' || !order.includes(parent)) continue;
      expect(order.lastIndexOf(child), `${child} before ${parent}`).toBeLessThan(
        order.indexOf(parent),
      );
    }
  });
});

describe('in the database', () => {
  const slipway = useSlipway({ worker: false });

  test('keys of projects go first: nothing new comes in', async () => {
    for (const model of ['project', 'organization'] as const) {
      const [first] = await listDeletionSteps(slipway.pool, model);
      expect(first?.table).toBe('project_key');
    }
  });

  test('every foreign key to what is deleted has an index: chunks do not scan', async () => {
    const { rows } = await slipway.pool.query<{ key: string }>(
      `select conrelid::regclass || '.' || attname as key
         from pg_constraint
         join pg_attribute on attrelid = conrelid and pg_attribute.attnum = conkey[1]
        where contype = 'f' and connamespace = 'public'::regnamespace
          and confrelid not in ('app_user'::regclass)
          and not exists (
                select from pg_index where indrelid = conrelid and indkey[0] = conkey[1])
        order by 1`,
    );
    expect(rows.map(({ key }) => key)).toEqual([]);
  });

  test('an attempt that dies at any statement leaves nothing that a later one does not finish', async () => {
    const { pool, tenant } = slipway;
    const before = await countRows(pool);
    const organization = await createFullOrganization(pool, 'mortal', tenant.ownerId);
    for (const slug of ['web', 'api']) await createFullProject(pool, organization, slug);
    const { organizationId: id } = organization;
    await pool.query("update organization set status = 'deletion_in_progress' where id = $1", [id]);
    const target = { model: 'organization', id } as const;

    let isDone = false;
    for (let statements = 1; !isDone; statements++) {
      const attempt = deleteRows(mortalPool(pool, statements), target, () => undefined);
      isDone = await attempt.then(
        (progress) => progress.isDone,
        () => false,
      );
    }
    const left = await countRows(pool);
    for (let statements = 1; statements < 5; statements++) {
      const attempt = transaction(pool, (tx) => removeTarget(mortalPool(tx, statements), target));
      await expect(attempt).rejects.toThrow('killed');
      expect(await countRows(pool)).toEqual(left);
    }
    await transaction(pool, (tx) => removeTarget(tx, target));
    expect(await countRows(pool)).toEqual({ ...before, tombstone: before['tombstone']! + 3 });
  });
});

/** Answers so many statements and no more. */
function mortalPool(pool: Pick<Pool, 'query'>, statements: number): Pool & Transaction {
  let left = statements;
  const query = (...parameters: unknown[]): unknown => {
    left -= 1;
    if (left < 0) throw new Error('killed');
    return (pool as any).query(...parameters);
  };
  return { query, inTransaction: true } as unknown as Pool & Transaction;
}
