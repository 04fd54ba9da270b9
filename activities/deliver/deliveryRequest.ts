import {
  findGitHubAccess,
  findGroupStatus,
  type DeliveryJob,
} from '../../db/outbox/deliveryState.ts';
import { parseGitHubIssueKey } from '../../domain/githubIssueKey.ts';
import type { Pool } from '../../db/pool.ts';
import type { SecretBox } from '../../infra/secretBox.ts';
import { signDelivery } from './signDelivery.ts';

export type DeliveryRequest = Readonly<{
  method: 'POST' | 'PATCH';
  url: string;
  headers: Readonly<Record<string, string>>;
  body: string;
  /** Answers after which asking again does not help. */
  finalStatuses: readonly number[];
}>;

/** A request to send, or why the delivery ends without one. */
export type Prepared = DeliveryRequest | Readonly<{ unsendable: string }>;

const GITHUB_API = 'https://api.github.com';

/** A tracker answers these for an issue that is gone, moved away or not to be changed. */
const GITHUB_FINAL = [404, 410, 422];

/** The subscriber says that it is gone for good. */
export const GONE = 410;

type Dependencies = Readonly<{ pool: Pool; secrets: SecretBox }>;

/** What an attempt at this delivery sends at this moment. */
export async function deliveryRequest(deps: Dependencies, job: DeliveryJob): Promise<Prepared> {
  const { webhook, issue } = job;
  if (webhook !== null) {
    if (!webhook.isActive) return { unsendable: 'The webhook is disabled.' };
    return signed(deps, job, webhook, { ...head(job), data: job.event.payload });
  }
  if (issue === null) throw new TypeError('A delivery has no target');
  const issueId = String(job.event.payload['issueId']);
  // What it is now, not what it was then: deliveries overtake each other, and the last one must leave the truth.
  const status = await findGroupStatus(deps.pool, issueId);
  if (status !== 'resolved' && status !== 'unresolved') {
    return { unsendable: 'The issue is neither resolved nor unresolved any more.' };
  }
  const isResolved = status === 'resolved';
  if (issue.provider === 'github') return githubRequest(deps, job, issue.key, isResolved);
  const data = { issueId, key: issue.key, url: issue.url, status, isResolved };
  return signed(deps, job, issue, { ...head(job), data });
}

function head({ event }: DeliveryJob): Record<string, unknown> {
  const { id, type, dateCreated, organization, projects } = event;
  return { id, event: type, dateCreated, organization, projects };
}

function signed(
  { secrets }: Dependencies,
  job: DeliveryJob,
  target: Readonly<{ url: string; secret: string | null }>,
  content: Readonly<Record<string, unknown>>,
): Prepared {
  const secret = target.secret === null ? null : secrets.open(Buffer.from(target.secret, 'hex'));
  if (secret === null) {
    return { unsendable: 'The secret cannot be read: the installation has another one now.' };
  }
  const body = JSON.stringify(content);
  return {
    method: 'POST',
    url: target.url,
    headers: signDelivery({ id: job.id, event: job.event.type, body, secret, now: Date.now() }),
    body,
    finalStatuses: [GONE],
  };
}

async function githubRequest(
  deps: Dependencies,
  job: DeliveryJob,
  key: string,
  isResolved: boolean,
): Promise<Prepared> {
  const parsed = parseGitHubIssueKey(key);
  if (parsed === null) return { unsendable: 'This is no name of a GitHub issue.' };
  const { repository, number } = parsed;
  const access = await findGitHubAccess(deps.pool, job.event.organization.id, repository);
  const token = access === null ? null : deps.secrets.open(access.tokenEncrypted);
  if (access === null || token === null) {
    return { unsendable: `The organization has no token for the repository ${repository}.` };
  }
  const apiUrl = (access.apiUrl ?? GITHUB_API).replace(/\/+$/, '');
  return {
    method: 'PATCH',
    url: `${apiUrl}/repos/${repository}/issues/${number}`,
    headers: {
      accept: 'application/vnd.github+json',
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'user-agent': 'Slipway',
      'x-github-api-version': '2022-11-28',
    },
    body: JSON.stringify(
      isResolved ? { state: 'closed', state_reason: 'completed' } : { state: 'open' },
    ),
    finalStatuses: GITHUB_FINAL,
  };
}
