import { createHash } from 'node:crypto';
import { AppError, notFound } from '../../../domain/errors.ts';
import { fetchOptions } from '../../../domain/fetchOptions.ts';
import { findFetchSetting } from '../../../db/hooks/fetchSettings.ts';
import { findOrganization } from '../../../db/models/organization.ts';
import { findHookRepositories } from '../../../db/hooks/hookDeliveries.ts';
import { SecretBox } from '../../../infra/secretBox.ts';
import type { AppContext } from '../../context.ts';
import type { ApiRequest } from '../../http/apiRequest.ts';
import { ok, type ApiResponse } from '../../http/apiResponse.ts';
import { accepted } from './accepted.ts';
import { followIssue } from './followIssue.ts';
import type { HeaderReader, HookHost } from './hookEvent.ts';
import { storeDelivery } from './storeDelivery.ts';
import { wakeFetches } from './wakeFetches.ts';

const DELIVERY_ID_LENGTH_MAX = 100;

const secretOptions = {
  github: fetchOptions.githubWebhookSecret,
  gitlab: fetchOptions.gitlabWebhookSecret,
} as const;

/**
 * Takes a delivery of a host: proves that it is genuine, stores what it says, and wakes the fetches that wait for it.
 * A delivery that comes again stores nothing, but wakes again: its first time may have ended in between.
 */
export async function receiveHook(
  host: HookHost,
  request: ApiRequest,
  context: AppContext,
): Promise<ApiResponse> {
  const organization = await findOrganization(request.models, request.param('organization'));
  if (organization === null) throw notFound();
  const organizationId = organization.id;
  const header: HeaderReader = (name) => request.header(name);
  const body = await request.bytes();
  const secret = await findSecret(host, context, organizationId);
  if (secret === null || !host.isGenuine(header, body, secret)) {
    throw new AppError(
      'unauthenticated',
      `The delivery is not signed with the ${host.name}WebhookSecret of this organization.`,
    );
  }
  const event = host.parse(header, body);
  if (event.kind === 'ping') return ok({ detail: 'pong' });
  if (event.kind === 'other') return accepted(`Events of the kind "${event.name}" are not used.`);
  const deliveryId = idOf(host, header, body);
  if (event.kind === 'issueStatus') {
    return followIssue(context, { organizationId, deliveryId }, event.status);
  }
  const repositories = await findHookRepositories(context.pool, organizationId, event.source);
  if (repositories.length === 0) {
    return accepted(`This organization has no repository ${event.source.name}.`);
  }
  const isNew = await storeDelivery(context, { organizationId, deliveryId, event, repositories });
  const woken = event.kind === 'push' ? await wakeFetches(context, repositories) : 0;
  return ok({
    detail: isNew ? 'Stored.' : 'This delivery was stored before.',
    repositories: repositories.map(({ name }) => name),
    commits: event.kind === 'push' ? event.commits.length : 0,
    woken,
  });
}

async function findSecret(
  host: HookHost,
  { pool, config }: AppContext,
  organizationId: string,
): Promise<string | null> {
  const stored = await findFetchSetting(pool, organizationId, secretOptions[host.name].key);
  return typeof stored === 'string'
    ? new SecretBox(config.secret).open(Buffer.from(stored, 'base64'))
    : null;
}

/** With the body in it: an id that is used again for something else is another delivery. */
function idOf(host: HookHost, header: HeaderReader, body: Uint8Array): string {
  const given = host.deliveryId(header)?.slice(0, DELIVERY_ID_LENGTH_MAX) ?? '';
  return `${host.name}:${given}:${createHash('sha256').update(body).digest('hex')}`;
}
