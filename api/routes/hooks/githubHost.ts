import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { parseDateTime } from '../../../domain/dateTime.ts';
import { badRequest } from '../../../domain/errors.ts';
import { parseJsonBody } from '../../validation/jsonBody.ts';
import { parseUrlEncoded } from '../../validation/urlEncoded.ts';
import { urlSpellings, type HookEvent, type HookHost, type HookSource } from './hookEvent.ts';
import { pushedCommitSchema, toPushedCommit } from './pushedCommit.ts';
import { readPayload } from './readPayload.ts';

const repositorySchema = z.object({
  id: z.number(),
  full_name: z.string(),
  html_url: z.string().nullish(),
  clone_url: z.string().nullish(),
  ssh_url: z.string().nullish(),
  git_url: z.string().nullish(),
});

const pushSchema = z.object({
  repository: repositorySchema,
  // Absent in pushes that delete a branch.
  commits: z.array(pushedCommitSchema).nullish(),
});

const pullRequestSchema = z.object({
  repository: repositorySchema,
  pull_request: z.object({
    number: z.number(),
    title: z.string().nullish(),
    body: z.string().nullish(),
    state: z.enum(['open', 'closed']),
    merged: z.boolean().nullish(),
    merge_commit_sha: z.string().max(64).nullish(),
    user: z.object({ login: z.string().min(1) }).nullish(),
  }),
});

const issueActionSchema = z.object({ action: z.string() });

const issueSchema = z.object({
  repository: z.object({ full_name: z.string() }),
  issue: z.object({
    number: z.int().positive(),
    updated_at: z.string().refine((text) => parseDateTime(text) !== null),
  }),
});

const PROVIDERS = [
  'github',
  'github_enterprise',
  'integrations:github',
  'integrations:github_enterprise',
];

/** GitHub and GitHub Enterprise, with the content types that they offer: JSON, or a form with JSON in it. */
export const githubHost: HookHost = {
  name: 'github',
  isGenuine: (header, body, secret) => {
    const signature = Buffer.from(header('x-hub-signature-256') ?? '');
    const expected = Buffer.from(
      `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
    );
    return signature.length === expected.length && timingSafeEqual(signature, expected);
  },
  deliveryId: (header) => header('x-github-delivery'),
  parse: (header, body) => {
    const name = header('x-github-event') ?? '';
    const isForm = header('content-type')?.startsWith('application/x-www-form-urlencoded') === true;
    const payload = parseJsonBody(isForm ? payloadOfForm(body) : body);
    switch (name) {
      case '':
        throw badRequest('The header X-GitHub-Event is missing.');
      case 'ping':
        return { kind: 'ping' };
      case 'push':
        return toPush(readPayload(pushSchema, payload, 'GitHub', name));
      case 'pull_request':
        return toPullRequest(readPayload(pullRequestSchema, payload, 'GitHub', name));
      case 'issues':
        return toIssueStatus(payload);
      default:
        return { kind: 'other', name };
    }
  },
};

function payloadOfForm(body: Uint8Array): Uint8Array {
  const pairs = parseUrlEncoded(Buffer.from(body).toString('utf8'), 'The body');
  const payload = pairs.find(([name]) => name === 'payload')?.[1];
  if (payload === undefined) throw badRequest('The form has no field "payload".');
  return Buffer.from(payload);
}

function toPush({ repository, commits }: z.infer<typeof pushSchema>): HookEvent {
  return {
    kind: 'push',
    source: toSource(repository),
    commits: (commits ?? []).map(toPushedCommit),
  };
}

function toPullRequest(payload: z.infer<typeof pullRequestSchema>): HookEvent {
  const { number, title, body, state, merged, merge_commit_sha: sha, user } = payload.pull_request;
  return {
    kind: 'pullRequest',
    source: toSource(payload.repository),
    pullRequest: {
      key: String(number),
      title: title ?? null,
      message: body ?? null,
      // GitHub keeps the address to itself: the name stands for it, as with commits without one (releases-api 4.5).
      author: user ? { name: user.login, email: `${user.login}@localhost` } : null,
      // Before the merge this is a commit that GitHub tries the merge with.
      mergeCommitSha: merged === true ? (sha ?? null) : null,
      state: merged === true ? 'merged' : state,
    },
  };
}

/** What else happens to an issue is not followed: there is nothing like it here. */
function toIssueStatus(payload: unknown): HookEvent {
  const { action } = readPayload(issueActionSchema, payload, 'GitHub', 'issues');
  if (action !== 'closed' && action !== 'reopened') {
    return { kind: 'other', name: `issues ${action}` };
  }
  const { repository, issue } = readPayload(issueSchema, payload, 'GitHub', 'issues');
  const status = {
    provider: 'github',
    key: `${repository.full_name}#${issue.number}`,
    isResolved: action === 'closed',
    saidAt: issue.updated_at,
  } as const;
  return { kind: 'issueStatus', status };
}

function toSource(repository: z.infer<typeof repositorySchema>): HookSource {
  const { html_url: html, clone_url: clone, ssh_url: ssh, git_url: git } = repository;
  const overSsh = ssh ? `ssh://${ssh.replace(':', '/')}` : null;
  return {
    providers: PROVIDERS,
    externalId: String(repository.id),
    name: repository.full_name,
    names: [repository.full_name.toLowerCase()],
    urls: urlSpellings(html, clone, ssh, overSsh, git),
  };
}
