import { sumPending } from '../../../db/events/sumPending.ts';
import { readMailboxGauges } from '../../../db/operations/readMailboxGauges.ts';
import { route } from '../../http/route.ts';

export const getMetrics = route({
  name: 'getMetrics',
  method: 'GET',
  path: '/metrics',
  summary: 'Metrics in the Prometheus text format',
  access: 'public',
  responses: { 200: 'The metrics' },
  handle: async (_request, { metrics, pool, logger }) => {
    // Without the database the process still has figures worth reading.
    await Promise.all([readMailboxGauges(pool), sumPending(pool)]).then(
      ([{ pending, oldestSeconds }, uncounted]) => {
        metrics.pendingOperations.set(pending);
        metrics.oldestPendingSeconds.set(oldestSeconds);
        metrics.uncountedEvents.set(uncounted);
      },
      (error: unknown) => logger.warn({ err: error }, 'What waits could not be measured'),
    );
    return {
      status: 200,
      body: await metrics.registry.metrics(),
      headers: { 'Content-Type': metrics.registry.contentType },
    };
  },
});
