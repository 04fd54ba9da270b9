import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** `bypassed`: the cache could not be asked, so the database was. */
export type LookUpOutcome = 'hit' | 'miss' | 'bypassed';

/** What the API counts; the names are public interface of `/metrics`. */
export type Metrics = Readonly<{
  registry: Registry;
  requestSeconds: Histogram<'method' | 'route' | 'status'>;
  /** Writes that were answered 202: the first number to look at when pipelines complain. */
  deferredWrites: Counter;
  pendingOperations: Gauge;
  oldestPendingSeconds: Gauge;
  uncountedEvents: Gauge;
  cacheLookUps: Counter<'model' | 'outcome'>;
}>;

export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'slipway_' });
  const registers = [registry];
  return {
    registry,
    requestSeconds: new Histogram({
      name: 'slipway_http_request_seconds',
      help: 'Time from the first byte of a request to the last of its answer.',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 8, 25],
      registers,
    }),
    deferredWrites: new Counter({
      name: 'slipway_deferred_writes_total',
      help: 'Writes accepted with 202: stored, not applied within the time a caller waits.',
      registers,
    }),
    pendingOperations: new Gauge({
      name: 'slipway_pending_operations',
      help: 'Operations that are stored and not applied yet.',
      registers,
    }),
    oldestPendingSeconds: new Gauge({
      name: 'slipway_oldest_pending_operation_seconds',
      help: 'Age of the oldest operation that is not applied yet.',
      registers,
    }),
    uncountedEvents: new Gauge({
      name: 'slipway_uncounted_events',
      help: 'Events that are stored and not counted on their issues yet: those of the last quarter of a second.',
      registers,
    }),
    cacheLookUps: new Counter({
      name: 'slipway_cache_lookups_total',
      help: 'Rows asked of the cache: found there, read from Postgres, or not asked for there because it could not answer.',
      labelNames: ['model', 'outcome'],
      registers,
    }),
  };
}
