import { readMailboxExtent, readMailboxPage } from '../../db/operations/readMailboxPage.ts';
import type { Pool } from '../../db/pool.ts';
import type { MailboxPage, MailboxQuery } from './releaseActivities.ts';

/** A pass takes at most this many operations at a time: enough to batch, few enough for a short transaction. */
const PAGE_SIZE = 32;

/**
 * One page of the mailbox. A pass ends with what was there when it began: were it to go on until the mailbox is empty,
 * a release under steady load would keep the first callers waiting for as long as the load lasts.
 */
export async function nextOperations(
  pool: Pool,
  { release, until }: MailboxQuery,
): Promise<MailboxPage> {
  const { operations, projects } = await readMailboxPage(pool, release, PAGE_SIZE, until);
  if (operations.length < PAGE_SIZE) {
    return { operations, until: null, waiting: operations.length, projects };
  }
  const extent = await readMailboxExtent(pool, release, until);
  return { operations, until: extent.until, waiting: extent.waiting, projects };
}
