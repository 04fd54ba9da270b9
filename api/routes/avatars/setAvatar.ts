import type { AvatarOwner } from '../../../db/avatars.ts';
import { transaction } from '../../../db/pool.ts';
import { fieldError } from '../../../domain/errors.ts';
import type { AppContext } from '../../context.ts';
import type { ApiRequest } from '../../http/apiRequest.ts';
import { objectSchema } from '../../validation/collections.ts';
import { validateBody } from '../../validation/validateBody.ts';
import { readUpload, storeUpload, type AvatarFields } from './storeUpload.ts';

/** The names of the endpoints that are for avatars alone. */
const fields: AvatarFields = { type: 'avatar_type', photo: 'avatar_photo' };

/**
 * Sets the avatar that the body of an endpoint for avatars alone asks for.
 * @throws AppError 400 for a body that asks for none, or for one that cannot be.
 */
export async function setAvatar(
  request: ApiRequest,
  context: AppContext,
  owner: AvatarOwner,
): Promise<void> {
  const body = await request.body();
  validateBody(objectSchema({}), body);
  const upload = await readUpload(owner.kind, body as Record<string, unknown>, fields);
  if (upload === null) throw fieldError(fields.type, 'This field is required.');
  await transaction(context.pool, (tx) => storeUpload(tx, owner, upload, fields));
}
