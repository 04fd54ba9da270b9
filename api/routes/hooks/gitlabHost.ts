import { createHash, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { parseJsonBody } from '../../validation/jsonBody.ts';
import { urlSpellings, type HookEvent, type HookHost, type HookSource } from './hookEvent.ts';
import { pushedCommitSchema, toPushedCommit } from './pushedCommit.ts';
import { readPayload } from './readPayload.ts';

const projectSchema = z.object({
  id: z.number(),
  path_with_namespace: z.string(),
  web_url: z.string().nullish(),
  git_http_url: z.string().nullish(),
  git_ssh_url: z.string().nullish(),
});

const pushSchema = z.object({
  project: projectSchema,
  commits: z.array(pushedCommitSchema).nullish(),
});

const mergeRequestSchema = z.object({
  project: projectSchema,
  object_attributes: z.object({
    iid: z.number(),
    title: z.string().nullish(),
    description: z.string().nullish(),
    state: z.enum(['opened', 'closed', 'merged', 'locked']),
    merge_commit_sha: z.string().max(64).nullish(),
    squash_commit_sha: z.string().max(64).nullish(),
  }),
});

const PROVIDERS = ['gitlab', 'integrations:gitlab'];

/** GitLab, whose project, group and system hooks all say in the body what they are. */
export const gitlabHost: HookHost = {
  name: 'gitlab',
  // Digests have one length, and comparing them tells nothing about the secret.
  isGenuine: (header, _body, secret) =>
    timingSafeEqual(digest(header('x-gitlab-token') ?? ''), digest(secret)),
  deliveryId: (header) => header('x-gitlab-event-uuid'),
  parse: (_header, body) => {
    const payload = parseJsonBody(body);
    const kind = readPayload(
      z.object({ object_kind: z.string().optional(), event_name: z.string().optional() }),
      payload,
      'GitLab',
      'event',
    );
    const name = kind.object_kind ?? kind.event_name ?? '';
    switch (name) {
      case 'push':
      case 'tag_push':
        return toPush(readPayload(pushSchema, payload, 'GitLab', name));
      case 'merge_request':
        return toPullRequest(readPayload(mergeRequestSchema, payload, 'GitLab', name));
      default:
        return { kind: 'other', name };
    }
  },
};

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function toPush({ project, commits }: z.infer<typeof pushSchema>): HookEvent {
  // Oldest first, as GitHub does too; the order of a push means nothing to a release.
  return { kind: 'push', source: toSource(project), commits: (commits ?? []).map(toPushedCommit) };
}

const states = { opened: 'open', closed: 'closed', merged: 'merged', locked: 'locked' } as const;

function toPullRequest(payload: z.infer<typeof mergeRequestSchema>): HookEvent {
  const { iid, title, description, state, ...merge } = payload.object_attributes;
  return {
    kind: 'pullRequest',
    source: toSource(payload.project),
    pullRequest: {
      key: String(iid),
      title: title ?? null,
      message: description ?? null,
      // The payload names who acted, which may be anybody.
      author: null,
      mergeCommitSha: merge.merge_commit_sha ?? merge.squash_commit_sha ?? null,
      state: states[state],
    },
  };
}

function toSource(project: z.infer<typeof projectSchema>): HookSource {
  const { web_url: web, git_http_url: http, git_ssh_url: ssh, path_with_namespace: path } = project;
  const overSsh = ssh && !ssh.startsWith('ssh:') ? `ssh://${ssh.replace(':', '/')}` : null;
  const name = path.toLowerCase();
  return {
    providers: PROVIDERS,
    externalId: String(project.id),
    name: path,
    // Upstream writes names of GitLab with spaces around the slashes (releases-api 15).
    names: [name, name.replaceAll('/', ' / ')],
    urls: urlSpellings(web, http, ssh, overSsh),
  };
}
