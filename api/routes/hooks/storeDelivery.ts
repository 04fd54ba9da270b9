import { normaliseCommits } from '../../../domain/commitList.ts';
import type { Transaction } from '../../../db/pool.ts';
import { storePullRequest } from '../../../db/pullRequests/storePullRequest.ts';
import { storeCommits } from '../../../db/releases/storeCommits.ts';
import { toCommitRecord } from '../../../infra/scm/commitRecord.ts';
import type { AppContext } from '../../context.ts';
import type { Delivery } from './hookEvent.ts';
import { storeOnce } from './storeOnce.ts';

/** Stores what a delivery says about repositories, once; answers whether it was new. */
export async function storeDelivery(context: AppContext, delivery: Delivery): Promise<boolean> {
  const instanceHost = new URL(context.config.publicUrl).host;
  const done = await storeOnce(context, delivery, (tx) => store(tx, instanceHost, delivery));
  return done !== null;
}

async function store(
  tx: Transaction,
  instanceHost: string,
  { organizationId, event, repositories }: Delivery,
): Promise<void> {
  const scope = { organizationId, instanceHost };
  if (event.kind === 'push') {
    const records = repositories.flatMap(({ name }) =>
      // What is left out here comes with the fetch, which says so.
      event.commits.map((commit) => toCommitRecord(commit, name, () => undefined)),
    );
    await storeCommits(tx, scope, normaliseCommits(records, organizationId));
    return;
  }
  // Seldom more than one: two rows for one repository of a host.
  for (const { id } of repositories) await storePullRequest(tx, scope, id, event.pullRequest);
}
