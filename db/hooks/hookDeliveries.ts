import { z } from 'zod';
import { exec, many, type Queryable, type Transaction } from '../pool.ts';

/** Hosts let people send a delivery again for some days; later ones are harmless, because storing is idempotent. */
const REMEMBERED_DAYS = 7;
/** Each delivery forgets a few old ones, so that a burst never meets a big clean-up. */
const FORGOTTEN_AT_ONCE = 20;

/** Whether this delivery has not been handled before. Waits for another request that handles it right now. */
export async function rememberDelivery(
  tx: Transaction,
  organizationId: string,
  deliveryId: string,
): Promise<boolean> {
  await exec(tx, {
    name: 'forgetDeliveries',
    text: `delete from hook_delivery
            where ctid = any(array(
                    select ctid from hook_delivery
                     where organization_id = $1 and date_added < now() - make_interval(days => $2)
                     order by date_added
                     limit $3
                       for update skip locked))`,
    values: [organizationId, REMEMBERED_DAYS, FORGOTTEN_AT_ONCE],
  });
  const inserted = await exec(tx, {
    name: 'rememberDelivery',
    text: `insert into hook_delivery (organization_id, delivery_id) values ($1, $2)
           on conflict on constraint hook_delivery_pkey do nothing`,
    values: [organizationId, deliveryId],
  });
  return inserted === 1;
}

const namedRepositoryRow = z.object({ id: z.string(), name: z.string() });

export type HookRepository = z.output<typeof namedRepositoryRow>;

/** One host repository is seldom configured more than once, never more often than this. */
const REPOSITORIES_MAX = 10;

/**
 * Active repositories that a webhook speaks of: by one of their addresses, or, among those of the host's kind, by the
 * host's id or by name. Addresses and names are given in lower case.
 */
export function findHookRepositories(
  db: Queryable,
  organizationId: string,
  source: Readonly<{
    providers: readonly string[];
    externalId: string;
    names: readonly string[];
    urls: readonly string[];
  }>,
): Promise<HookRepository[]> {
  return many(db, namedRepositoryRow, {
    name: 'findHookRepositories',
    text: `select id, name
             from repository
            where organization_id = $1 and status = 'active' and provider is not null
              and (lower(url) = any($2::text[])
                   or (provider = any($3::text[])
                       and case when external_id is null then lower(name) = any($5::text[]) else external_id = $4 end))
            order by id
            limit $6`,
    values: [
      organizationId,
      source.urls,
      source.providers,
      source.externalId,
      source.names,
      REPOSITORIES_MAX,
    ],
  });
}

const waitingFetchRow = z
  .object({ release_id: z.string(), operation_id: z.string() })
  .transform((row) => ({ releaseId: row.release_id, operationId: row.operation_id }));

/** More releases than this never wait for one push; the others look again by themselves within a minute. */
const WAITING_MAX = 100;

/** Fetches that wait for a commit of one of these repositories, the newest first. */
export function listWaitingFetches(
  db: Queryable,
  repositoryIds: readonly string[],
): Promise<z.output<typeof waitingFetchRow>[]> {
  return many(db, waitingFetchRow, {
    name: 'listWaitingFetches',
    text: `select release_id, operation_id
             from release_sync
            where repository_id = any($1::bigint[]) and state = 'waiting_for_push'
            group by release_id, operation_id
            order by max(date_requested) desc
            limit $2`,
    values: [repositoryIds, WAITING_MAX],
  });
}
