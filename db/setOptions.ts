import { exec, type Queryable } from './pool.ts';

/** Sets options of a project or a user; those that are not given stay. */
export async function setOptions(
  db: Queryable,
  owner: 'project' | 'user',
  id: string,
  options: ReadonlyMap<string, unknown>,
): Promise<void> {
  await exec(db, {
    name: `setOptions_${owner}`,
    text: `insert into ${owner}_option (${owner}_id, key, value)
           select $1, key, value from unnest($2::text[], $3::json[]) as given (key, value)
           on conflict on constraint ${owner}_option_pkey do update set value = excluded.value`,
    values: [id, [...options.keys()], [...options.values()].map((value) => JSON.stringify(value))],
  });
}
