import type { DeliverInput } from './deliver.ts';
import { slipwayOrg } from './searchAttributes.ts';

export const outboundTaskQueue = 'outbound';

/** A receiver that is down over a weekend still hears of what happened. */
const RETRY_FOR_MS = 3 * 24 * 3_600_000;

/**
 * A receiver that is being deployed is back within seconds; one that is down for long is asked once an hour. Three days
 * of that are about 85 attempts, under 1,000 events of history.
 */
const PAUSE_MS = { first: 5_000, longest: 3_600_000 } as const;

export type DeliveryTimes = Pick<DeliverInput, 'retryForMs' | 'pauseMs'>;

export type DeliveryOrder = Readonly<{
  id: string;
  workflowId: string;
  /** The type of its event. */
  type: string;
  organizationSlug: string;
  /** The URL it goes to; only its host is shown, the rest may hold secrets. */
  target: string;
}>;

/** How a delivery is started, by whoever finds it waiting. */
export function deliverStart(
  order: DeliveryOrder,
  times: DeliveryTimes = { retryForMs: RETRY_FOR_MS, pauseMs: PAUSE_MS },
) {
  const host = /^[a-z]+:\/\/(?:[^@/]*@)?([^/?#]+)/i.exec(order.target)?.[1] ?? 'its target';
  return {
    workflowId: order.workflowId,
    taskQueue: outboundTaskQueue,
    args: [{ deliveryId: order.id, ...times }] as [DeliverInput],
    // One that is under way is the one that is wanted; one that has ended finds its delivery made, or made pending again.
    workflowIdConflictPolicy: 'USE_EXISTING' as const,
    workflowIdReusePolicy: 'ALLOW_DUPLICATE' as const,
    staticSummary: `${order.organizationSlug}: ${order.type} to ${host}`,
    typedSearchAttributes: [{ key: slipwayOrg, value: order.organizationSlug }],
  };
}
