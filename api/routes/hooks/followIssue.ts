import {
  applyExternalStatus,
  type ExternalStatus,
} from '../../../db/outbox/applyExternalStatus.ts';
import type { AppContext } from '../../context.ts';
import { ok, type ApiResponse } from '../../http/apiResponse.ts';
import { accepted } from './accepted.ts';
import { storeOnce } from './storeOnce.ts';

/** Resolves or reopens the issues that are linked to one of a tracker, and tells everybody else of it. */
export async function followIssue(
  context: AppContext,
  delivery: Readonly<{ organizationId: string; deliveryId: string }>,
  status: ExternalStatus,
): Promise<ApiResponse> {
  const { organizationId } = delivery;
  const done = await storeOnce(context, delivery, (tx) =>
    applyExternalStatus(tx, organizationId, status),
  );
  if (done === null) return ok({ detail: 'This delivery was stored before.' });
  const { linked, changed, deliveries } = done.stored;
  if (deliveries > 0) context.outbox.relaySoon(organizationId);
  return linked === 0
    ? accepted(`No issue of this organization waits for news of ${status.key}.`)
    : ok({ detail: 'Stored.', linked, changed });
}
