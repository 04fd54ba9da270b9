import type { SyncView } from '../../../db/sync/readSync.ts';
import { serialize } from '../../serializers/serialize.ts';
import type { SerializerContext } from '../../serializers/serializer.ts';

/** From the state that needs a look most to the one that needs none. */
const states: readonly SyncView['state'][] = [
  'failed',
  'waiting_for_push',
  'fetching',
  'pending',
  'partial',
  'given_up',
  'complete',
];

type DescribedSyncs = Readonly<{ state: string | null; repositories: readonly unknown[] }>;

/** All fetches of a release; the state of all of them together is the one that needs a look most. */
export async function describeSyncs(
  context: SerializerContext,
  syncs: readonly SyncView[],
): Promise<DescribedSyncs> {
  return {
    state: states.find((state) => syncs.some((sync) => sync.state === state)) ?? null,
    repositories: await serialize('sync', syncs, context),
  };
}
