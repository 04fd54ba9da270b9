import { findAvatarImage, type AvatarOwner } from '../../../db/avatars.ts';
import { nearestAvatarSize } from '../../../infra/images.ts';
import type { AppContext } from '../../context.ts';
import type { ApiRequest } from '../../http/apiRequest.ts';
import type { ApiResponse } from '../../http/apiResponse.ts';

/** Ten years: another picture has another address. */
const CACHE_SECONDS = 315_360_000;

/** The picture in its own size under 0. */
const OWN_SIZE = 0;

/** A picture by its ident, for anybody who has the address (groups-projects-orgs 4.6). */
export async function avatarImage(
  request: ApiRequest,
  context: AppContext,
  kind: AvatarOwner['kind'],
): Promise<ApiResponse> {
  const ident = request.param('ident');
  const asked = request.query.get('s') ?? '';
  if (!/^([+-]?\d{1,9})?$/.test(asked)) return { status: 400 };
  const size = asked === '' ? OWN_SIZE : nearestAvatarSize(Number(asked));
  const content = /^[0-9a-f]{32}$/.test(ident)
    ? await findAvatarImage(context.pool, kind, ident, size)
    : null;
  if (content === null) return { status: 404 };
  return {
    status: 200,
    body: content,
    headers: {
      'Content-Type': 'image/png',
      'Cache-Control': `max-age=${CACHE_SECONDS}`,
      // A picture is never anything else, whatever a browser thinks that it sees.
      'X-Content-Type-Options': 'nosniff',
    },
  };
}
