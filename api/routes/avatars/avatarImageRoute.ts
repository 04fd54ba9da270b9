import { findAvatarImage, type AvatarOwnerKind } from '../../../db/avatars.ts';
import { nearestAvatarSize } from '../../../infra/images.ts';
import type { AppContext } from '../../context.ts';
import type { ApiRequest } from '../../http/apiRequest.ts';
import type { ApiResponse } from '../../http/apiResponse.ts';
import { route, type Route } from '../../http/route.ts';

/** Ten years: another picture has another address. */
const CACHE_SECONDS = 315_360_000;

/** The picture in its own size under 0. */
const OWN_SIZE = 0;

/** Where the pictures of one kind of owner are served. */
export function avatarImageRoute(name: string, kind: AvatarOwnerKind): Route {
  return route({
    name,
    method: 'GET',
    path: kind === 'user' ? '/avatar/{ident}/' : `/${kind}-avatar/{ident}/`,
    summary: `The picture of ${kind === 'organization' ? 'an' : 'a'} ${kind}`,
    access: 'public',
    query: { s: 'The side in pixels; the nearest that there is.' },
    responses: {
      200: 'A PNG',
      304: 'The client has it',
      400: 'The size is no number',
      404: 'No such picture',
    },
    handle: (request, context) => avatarImage(request, context, kind),
  });
}

/** A picture by its ident, for anybody who has the address (groups-projects-orgs 4.6). */
async function avatarImage(
  request: ApiRequest,
  context: AppContext,
  kind: AvatarOwnerKind,
): Promise<ApiResponse> {
  const ident = request.param('ident');
  const asked = request.query.get('s') ?? '';
  if (!/^([+-]?\d{1,9})?$/.test(asked)) return { status: 400 };
  const size = asked === '' ? OWN_SIZE : nearestAvatarSize(Number(asked));
  const content = /^[0-9a-f]{32}$/.test(ident)
    ? await findAvatarImage(context.pool, kind, ident, size)
    : null;
  if (content === null) return { status: 404 };
  // Under one ident the content never changes.
  const etag = `"${ident}-${size}"`;
  const headers = { 'Cache-Control': `max-age=${CACHE_SECONDS}`, ETag: etag };
  if (isKnown(request.header('if-none-match'), etag)) return { status: 304, headers };
  return {
    status: 200,
    body: content,
    headers: {
      ...headers,
      'Content-Type': 'image/png',
      // A picture is never anything else, whatever a browser thinks that it sees.
      'X-Content-Type-Options': 'nosniff',
    },
  };
}

/** Whether a client that sends this `If-None-Match` has the content already; proxies mark the tags as weak. */
function isKnown(header: string | null, etag: string): boolean {
  const tags = (header ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes(etag) || tags.includes('*');
}
