import { z } from 'zod';
import { many, type Transaction } from '../pool.ts';

const environmentRow = z
  .object({ id: z.string(), organization_id: z.string(), name: z.string() })
  .transform((row) => ({ id: row.id, organizationId: row.organization_id, name: row.name }));

export type EventEnvironment = z.output<typeof environmentRow>;

/** Environments of several organizations by name, created where they are missing; each pair is given once. */
export function ensureEventEnvironments(
  tx: Transaction,
  named: readonly Readonly<{ organizationId: string; name: string }>[],
): Promise<EventEnvironment[]> {
  return many(tx, environmentRow, {
    name: 'ensureEventEnvironments',
    text: `with wanted as (
             select * from unnest($1::bigint[], $2::text[]) as given (organization_id, name)),
           known as (
             select id, organization_id, name from environment join wanted using (organization_id, name)),
           created as (
             insert into environment (organization_id, name)
             select * from wanted
              where (organization_id, name) not in (select organization_id, name from known)
              order by organization_id, name
             on conflict on constraint environment_organization_id_name_key do update set name = excluded.name
             returning id, organization_id, name)
           select * from known union all select * from created`,
    values: [named.map((one) => one.organizationId), named.map((one) => one.name)],
  });
}
