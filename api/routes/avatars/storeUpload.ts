import type { Transaction } from '../../../db/pool.ts';
import {
  findAvatar,
  storeAvatar,
  type AvatarOwner,
  type AvatarOwnerKind,
  type AvatarType,
} from '../../../db/avatars.ts';
import { AppError, fieldError } from '../../../domain/errors.ts';
import { ImageError, readAvatarImages, type AvatarImages } from '../../../infra/images.ts';
import { randomHex } from '../../../infra/randomText.ts';

/** Of the decoded file (groups-projects-orgs 4.6). */
const BYTES_MAX = 5_000_000;

const IDENT_HEX_DIGITS = 32;

/** An avatar that a body asks for, its picture decoded; null when it asks for none. */
export type AvatarUpload = Readonly<{ type: AvatarType; images: AvatarImages | null }>;

/** The fields of a body that speak of an avatar: organizations and the older endpoints name them differently. */
export type AvatarFields = Readonly<{ photo: string; type: string }>;

const types: readonly AvatarType[] = ['letter_avatar', 'upload', 'gravatar'];

/** @throws AppError 400 on the field that is wrong, 413 for a file that is too large. */
export async function readUpload(
  kind: AvatarOwnerKind,
  body: Readonly<Record<string, unknown>>,
  fields: AvatarFields,
): Promise<AvatarUpload | null> {
  const given = body[fields.type] ?? undefined;
  const photo = body[fields.photo] ?? undefined;
  if (given === undefined && photo === undefined) return null;
  const type = given === undefined ? 'upload' : types.find((known) => known === given);
  if (type === undefined || (type === 'gravatar' && kind !== 'user')) {
    throw fieldError(fields.type, `${JSON.stringify(given)} is not a valid choice.`);
  }
  if (type !== 'upload' || photo === undefined) return { type, images: null };
  if (typeof photo !== 'string' || !/^[A-Za-z0-9+/\s]+={0,2}\s*$/.test(photo)) {
    throw fieldError(fields.photo, 'The image is not base64.');
  }
  const bytes = Buffer.from(photo, 'base64');
  if (bytes.length > BYTES_MAX) {
    throw new AppError('payload_too_large', 'Image too large.', {
      body: { [fields.photo]: ['Image too large.'] },
    });
  }
  try {
    return { type, images: await readAvatarImages(bytes) };
  } catch (error) {
    if (error instanceof ImageError) throw fieldError(fields.photo, error.message);
    throw error;
  }
}

/** @throws AppError 400 for a picture that was neither sent nor stored before. */
export async function storeUpload(
  tx: Transaction,
  owner: AvatarOwner,
  { type, images }: AvatarUpload,
  fields: AvatarFields,
): Promise<void> {
  const isStored = images !== null || (await findAvatar(tx, owner))?.hasImage === true;
  if (type === 'upload' && !isStored) {
    throw fieldError(fields.type, 'Cannot set avatar_type to upload without avatar_photo');
  }
  await storeAvatar(tx, owner, type, randomHex(IDENT_HEX_DIGITS), images);
}
