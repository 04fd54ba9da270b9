import type { OutboundReply } from '../outboundHttp.ts';
import { ScmError, type ScmErrorSubject } from './errors.ts';

/** GitHub asks for a minute when it limits without saying for how long; GitLab counts by the minute. */
const UNTOLD_PAUSE_MS = 60_000;
/** GitHub's budget is per hour: a longer pause is a broken clock. */
const PAUSE_MAX_MS = 60 * 60_000;

/** What a reply means that is not what was asked for, where all hosts agree. Never holds the text of the host. */
export function apiError(reply: OutboundReply, subject: ScmErrorSubject): ScmError {
  const { status } = reply;
  const retryAfterMs = pauseMs(reply);
  const detailed = { ...subject, detail: `HTTP ${status}` };
  if (isRateLimited(reply)) {
    return new ScmError('rate_limited', subject, { retryAfterMs: retryAfterMs ?? UNTOLD_PAUSE_MS });
  }
  if (status === 401 || status === 403) return new ScmError('unauthorized', detailed);
  if (status === 404 || status === 410 || status === 451)
    return new ScmError('not_found', detailed);
  if (status >= 500 || status === 408) return new ScmError('transient', detailed, { retryAfterMs });
  if (status >= 300 && status < 400) {
    return new ScmError('refused', { ...subject, detail: 'the host redirects elsewhere' });
  }
  return new ScmError('invalid', detailed);
}

function isRateLimited(reply: OutboundReply): boolean {
  if (reply.status === 429) return true;
  if (reply.status !== 403) return false;
  return (
    reply.headers['retry-after'] !== undefined ||
    header(reply, 'ratelimit-remaining') === '0' ||
    // Secondary limits of GitHub may come with words alone.
    /rate limit|abuse detection/i.test(reply.body.subarray(0, 2_048).toString('utf8'))
  );
}

/** How long the host wants to be left alone; null when it does not say. */
function pauseMs(reply: OutboundReply): number | undefined {
  const retryAfter = reply.headers['retry-after'];
  // The host's clock, where it tells it: ours may be off by more than the pause.
  const now = Date.parse(reply.headers.date ?? '') || Date.now();
  if (retryAfter !== undefined) {
    const seconds = Number(retryAfter);
    return bounded(Number.isNaN(seconds) ? Date.parse(retryAfter) - now : seconds * 1_000);
  }
  const reset = Number(header(reply, 'ratelimit-reset') ?? Number.NaN);
  return header(reply, 'ratelimit-remaining') === '0' ? bounded(reset * 1_000 - now) : undefined;
}

function bounded(ms: number): number | undefined {
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 1_000), PAUSE_MAX_MS);
}

/** GitHub writes these headers with `x-`, GitLab without. */
function header({ headers }: OutboundReply, name: string): string | undefined {
  const value = headers[`x-${name}`] ?? headers[name];
  return Array.isArray(value) ? value[0] : value;
}
