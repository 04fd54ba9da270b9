import type { Client } from '@temporalio/client';
import { vi } from 'vitest';

/** Ids of the repositories that have a re-sync; those of other test files may be the same. */
export async function resyncRepositoryIds(client: Client): Promise<string[]> {
  const ids: string[] = [];
  for await (const { scheduleId } of client.schedule.list()) {
    if (scheduleId.startsWith('resync:')) ids.push(scheduleId.slice('resync:'.length));
  }
  return ids.sort();
}

/** The Temporal server outlives the databases of test files, and with it their schedules. */
export async function dropResyncSchedules(client: Client): Promise<void> {
  for (const id of await resyncRepositoryIds(client)) {
    await client.schedule.getHandle(`resync:${id}`).delete();
  }
  await vi.waitUntil(async () => (await resyncRepositoryIds(client)).length === 0);
}
