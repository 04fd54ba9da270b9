import type { ApiRequest } from '../../http/apiRequest.ts';
import { objectSchema } from '../../validation/collections.ts';
import { validateBody } from '../../validation/validateBody.ts';
import type { AvatarFields } from './storeUpload.ts';

/** The names of the endpoints that are for avatars alone. */
export const avatarFields: AvatarFields = { type: 'avatar_type', photo: 'avatar_photo' };

/** @throws AppError 400 for anything but an object. */
export async function readAvatarBody(
  request: ApiRequest,
): Promise<Readonly<Record<string, unknown>>> {
  const body = await request.body();
  validateBody(objectSchema({}), body);
  return body as Record<string, unknown>;
}
