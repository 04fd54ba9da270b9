import { findUserView } from '../../../db/access.ts';
import { notFound } from '../../../domain/errors.ts';
import { requireUser } from '../../access/requireUser.ts';
import type { AppContext } from '../../context.ts';
import type { ApiRequest } from '../../http/apiRequest.ts';
import { serializeOne } from '../../serializers/serialize.ts';

/** The user of the path, who is the caller: by id, or as `me`. Others are not found. */
export function requireSelf(request: ApiRequest): string {
  const { userId } = requireUser(request);
  if (!['me', userId].includes(request.param('user'))) throw notFound();
  return userId;
}

/** A user with their avatar. */
export async function userWithAvatar(
  context: AppContext,
  userId: string,
): Promise<Record<string, unknown>> {
  const user = await findUserView(context.pool, userId);
  if (user === null) throw notFound();
  return serializeOne('user', user, context);
}
