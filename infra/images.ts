import sharp, { type Sharp } from 'sharp';
import { pictureEnd } from './pictureEnd.ts';

/** Sides that pictures are shown with (groups-projects-orgs 4.6). */
export const avatarSizes: readonly number[] = [20, 32, 36, 48, 52, 64, 80, 96, 120];

const SIDE_MIN = 256;
const SIDE_MAX = 1024;

/** A picture of these sides decodes within tens of milliseconds; whatever takes seconds was made to. */
const DECODE_SECONDS_MAX = 5;

/** By content, because names and types are only claims; no format that can carry scripts is among them. */
const signatures: readonly (readonly number[])[] = [
  [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a], // PNG
  [0xff, 0xd8, 0xff], // JPEG
  [0x47, 0x49, 0x46, 0x38, 0x37, 0x61], // GIF87a
  [0x47, 0x49, 0x46, 0x38, 0x39, 0x61], // GIF89a
];

/**
 * What makes a file a page, a script or a document for other programs. Compressed pixels have five given bytes in a row
 * once in 200,000 pictures of the largest size, metadata of cameras and editors never.
 */
const foreignContent = /<script|<svg|<html|<iframe|<!doctype|<\?php|javascript:|%PDF-/i;

// One picture at a time uses one core, and decoded pictures are not kept: uploads are rare.
sharp.concurrency(1);
sharp.cache(false);

/** What is wrong with a picture, in words for whoever sent it. */
export class ImageError extends Error {
  override readonly name = 'ImageError';
}

/** A picture as PNG, in its own size under 0 and in every size that is shown. */
export type AvatarImages = ReadonlyMap<number, Buffer>;

/**
 * Decodes a square picture and encodes it anew, the first frame only and without metadata.
 * @throws ImageError for anything else; sides are read from the header, before anything is decoded.
 */
export async function readAvatarImages(bytes: Uint8Array): Promise<AvatarImages> {
  if (!signatures.some((signature) => signature.every((byte, index) => bytes[index] === byte))) {
    throw new ImageError('Invalid image format. It must be a GIF, JPEG or PNG.');
  }
  try {
    // Reads the header only, so that a picture that is too large is told so.
    const { width, height } = await sharp(bytes, { limitInputPixels: false }).metadata();
    if (width !== height) throw new ImageError('Image must be square.');
    if (width < SIDE_MIN || width > SIDE_MAX) {
      throw new ImageError(`Invalid image dimensions: ${SIDE_MIN} to ${SIDE_MAX} pixels a side.`);
    }
    refuseForeignContent(bytes);
    const original = await open(bytes)
      .autoOrient()
      .png()
      .timeout({ seconds: DECODE_SECONDS_MAX })
      .toBuffer();
    const images = new Map([[0, original]]);
    for (const size of avatarSizes) {
      images.set(size, await open(original).resize(size, size).png().toBuffer());
    }
    return images;
  } catch (error) {
    if (error instanceof ImageError) throw error;
    throw new ImageError('The image cannot be read.', { cause: error });
  }
}

/** Only the picture is kept; a file that was made to be more than one is not what it says, and refused as a whole. */
function refuseForeignContent(bytes: Uint8Array): void {
  const end = pictureEnd(bytes);
  if (end === null) throw new ImageError('The image cannot be read.');
  if (end < bytes.length || foreignContent.test(Buffer.from(bytes).toString('latin1'))) {
    throw new ImageError('The file contains more than an image.');
  }
}

function open(bytes: Uint8Array): Sharp {
  return sharp(bytes, { limitInputPixels: SIDE_MAX * SIDE_MAX, failOn: 'error', pages: 1 });
}

/** The size that comes nearest to the one that is asked for. */
export function nearestAvatarSize(asked: number): number {
  return avatarSizes.reduce((nearest, size) =>
    Math.abs(size - asked) < Math.abs(nearest - asked) ? size : nearest,
  );
}
