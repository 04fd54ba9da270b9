/**
 * Where the picture in a file ends, by the structure of its format; null for a file that ends before its picture does.
 * Decoders stop there, so that whatever comes after is for somebody else: an archive, a page, a script.
 */
export function pictureEnd(bytes: Uint8Array): number | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = formats[bytes[0] ?? 0]?.(view) ?? null;
  return end !== null && end <= bytes.length ? end : null;
}

type FindEnd = (view: DataView) => number | null;

/** By the first byte, after the whole signature was looked at. */
const formats: Readonly<Record<number, FindEnd>> = { 0x89: pngEnd, 0xff: jpegEnd, 0x47: gifEnd };

const PNG_SIGNATURE_BYTES = 8;
/** Length, type and checksum. */
const PNG_CHUNK_OVERHEAD = 12;
const PNG_IEND = 0x49454e44;

function pngEnd(view: DataView): number | null {
  for (let at = PNG_SIGNATURE_BYTES; at + PNG_CHUNK_OVERHEAD <= view.byteLength;) {
    const length = view.getUint32(at);
    if (view.getUint32(at + 4) === PNG_IEND) return at + PNG_CHUNK_OVERHEAD + length;
    at += PNG_CHUNK_OVERHEAD + length;
  }
  return null;
}

const JPEG_START_OF_SCAN = 0xda;
const JPEG_END = 0xd9;

function jpegEnd(view: DataView): number | null {
  for (let at = 2; at + 2 <= view.byteLength;) {
    if (view.getUint8(at) !== 0xff) return null;
    const marker = view.getUint8(at + 1);
    if (marker === JPEG_END) return at + 2;
    if (marker === 0xff) {
      // Markers may be padded.
      at += 1;
      continue;
    }
    if (at + 4 > view.byteLength) return null;
    at += 2 + view.getUint16(at + 2);
    if (marker === JPEG_START_OF_SCAN) at = scanEnd(view, at);
  }
  return null;
}

/** In the data of a scan only stuffed zeros and restart markers follow an FF. */
function scanEnd(view: DataView, start: number): number {
  let at = start;
  for (; at + 1 < view.byteLength; at++) {
    if (view.getUint8(at) !== 0xff) continue;
    const next = view.getUint8(at + 1);
    const isData = next === 0 || (next >= 0xd0 && next <= 0xd7);
    if (!isData) return at;
  }
  return at + 1;
}

const GIF_HEADER_BYTES = 13;
const GIF_TRAILER = 0x3b;
const GIF_EXTENSION = 0x21;
const GIF_IMAGE = 0x2c;

function gifEnd(view: DataView): number | null {
  if (view.byteLength < GIF_HEADER_BYTES) return null;
  let at = GIF_HEADER_BYTES + colorTableBytes(view.getUint8(10));
  while (at < view.byteLength) {
    const block = view.getUint8(at);
    if (block === GIF_TRAILER) return at + 1;
    if (block === GIF_EXTENSION) {
      at = subBlocksEnd(view, at + 2);
    } else if (block === GIF_IMAGE && at + 9 < view.byteLength) {
      at = subBlocksEnd(view, at + 11 + colorTableBytes(view.getUint8(at + 9)));
    } else {
      return null;
    }
  }
  return null;
}

function colorTableBytes(flags: number): number {
  return (flags & 0x80) === 0 ? 0 : 3 * 2 ** ((flags & 7) + 1);
}

function subBlocksEnd(view: DataView, start: number): number {
  let at = start;
  while (at < view.byteLength) {
    const size = view.getUint8(at);
    at += 1 + size;
    if (size === 0) break;
  }
  return at;
}
