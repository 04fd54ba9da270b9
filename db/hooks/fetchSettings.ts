import { z } from 'zod';
import { exec, maybeOne, type Queryable } from '../pool.ts';

/** The value of an option of an organization; null when it is not set. */
export async function findFetchSetting(
  db: Queryable,
  organizationId: string,
  key: string,
): Promise<unknown> {
  const row = await maybeOne(db, z.object({ value: z.unknown() }), {
    name: 'findFetchSetting',
    text: 'select value from organization_option where organization_id = $1 and key = $2',
    values: [organizationId, key],
  });
  return row?.value ?? null;
}

/** Null takes a setting back. */
export async function storeFetchSettings(
  db: Queryable,
  organizationId: string,
  settings: ReadonlyMap<string, string | null>,
): Promise<void> {
  await exec(db, {
    name: 'storeFetchSettings',
    text: `with given as (select * from unnest($2::text[], $3::text[]) as given (key, value)),
           dropped as (
             delete from organization_option using given
              where organization_id = $1 and organization_option.key = given.key and given.value is null)
           insert into organization_option (organization_id, key, value)
           select $1, key, to_json(value) from given where value is not null
           on conflict on constraint organization_option_pkey do update set value = excluded.value`,
    values: [organizationId, [...settings.keys()], [...settings.values()]],
  });
}
