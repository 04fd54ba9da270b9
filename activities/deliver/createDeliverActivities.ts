import type { Pool } from '../../db/pool.ts';
import type { UrlPolicy } from '../../infra/outboundUrl.ts';
import type { SecretBox } from '../../infra/secretBox.ts';
import { attemptDelivery } from './attemptDelivery.ts';
import type { DeliverActivities } from './deliverActivities.ts';

/** What the worker of the `outbound` task queue can do. */
export function createDeliverActivities(
  deps: Readonly<{ pool: Pool; secrets: SecretBox; policy: UrlPolicy }>,
): DeliverActivities {
  return { attemptDelivery: (input) => attemptDelivery(deps, input) };
}
