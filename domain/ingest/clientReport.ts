import { isObject } from './eventFields.ts';

/** What a client threw away before anything was sent, and why. */
export type Discard = Readonly<{ reason: string; category: string; quantity: number }>;

/** As SDKs name them; they are labels of a metric, and clients may write anything. */
const reasons: ReadonlySet<string> = new Set([
  'backpressure',
  'before_send',
  'buffer_overflow',
  'cache_overflow',
  'event_processor',
  'ignored',
  'insufficient_data',
  'internal_sdk_error',
  'invalid',
  'network_error',
  'no_parent_span',
  'queue_overflow',
  'ratelimit_backoff',
  'sample_rate',
  'send_error',
]);

const categories: ReadonlySet<string> = new Set([
  'attachment',
  'default',
  'error',
  'feedback',
  'internal',
  'log_byte',
  'log_item',
  'metric_bucket',
  'monitor',
  'profile',
  'profile_chunk',
  'replay',
  'security',
  'session',
  'span',
  'trace_metric',
  'transaction',
]);

const OTHER = 'other';

/** More entries than there are pairs of names only repeat them. */
const ENTRIES_MAX = 500;

/** The losses that a client reports (traces-health 4.3); what is no report, or no entry of one, says nothing. */
export function readClientReport(report: unknown): Discard[] {
  const entries: unknown = isObject(report) ? report['discarded_events'] : null;
  if (!Array.isArray(entries)) return [];
  return entries.slice(0, ENTRIES_MAX).flatMap((entry: unknown) => {
    if (!isObject(entry)) return [];
    const { reason, category, quantity } = entry;
    if (!Number.isSafeInteger(quantity) || (quantity as number) < 1) return [];
    return [
      {
        reason: known(reasons, reason),
        category: known(categories, category),
        quantity: quantity as number,
      },
    ];
  });
}

function known(names: ReadonlySet<string>, name: unknown): string {
  return typeof name === 'string' && names.has(name) ? name : OTHER;
}
