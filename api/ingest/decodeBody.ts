import { Readable } from 'node:stream';
import {
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createZstdDecompress,
} from 'node:zlib';
import { AppError } from '../../domain/errors.ts';
import { envelopeError } from '../../domain/ingest/envelopeError.ts';
import { ENVELOPE_BYTES_MAX, tooLarge } from '../../domain/ingest/itemLimits.ts';

const decoders = {
  gzip: createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
  zstd: createZstdDecompress,
} as const;

export type ContentEncoding = keyof typeof decoders | 'identity';

/** For the `Accept-Encoding` header of a 415. */
export const acceptedEncodings = Object.keys(decoders).join(', ');

/** Null for one that is not supported. Old SDKs send empty ones and `UTF-8`, which mean nothing. */
export function readContentEncoding(header: string | null): ContentEncoding | null {
  const name = header?.trim().toLowerCase() ?? '';
  if (name === '' || name === 'utf-8' || name === 'identity') return 'identity';
  return name in decoders ? (name as keyof typeof decoders) : null;
}

/**
 * The body in pieces, inflated on the way and cut off at the limit: a bomb costs one piece too many, not its size.
 * @throws AppError invalid_input for broken compression and bodies that end early, payload_too_large past the limit.
 */
export async function* decodeBody(
  body: AsyncIterable<Uint8Array>,
  encoding: ContentEncoding,
): AsyncGenerator<Uint8Array> {
  let size = 0;
  try {
    for await (const chunk of encoding === 'identity' ? body : inflate(body, encoding)) {
      size += chunk.byteLength;
      if (size > ENVELOPE_BYTES_MAX)
        throw tooLarge('envelope', `at most ${ENVELOPE_BYTES_MAX} bytes`);
      yield chunk;
    }
  } catch (error) {
    if (error instanceof AppError || !(error instanceof Error)) throw error;
    // Only reading fails here: the client went away, or its compression is broken. Neither is our failure.
    throw envelopeError('failed to read the request body', error.message);
  }
}

async function* inflate(
  body: AsyncIterable<Uint8Array>,
  encoding: keyof typeof decoders,
): AsyncGenerator<Uint8Array> {
  const source = Readable.from(body, { objectMode: false });
  const decoder = decoders[encoding]();
  source.on('error', (error) => decoder.destroy(error));
  try {
    yield* source.pipe(decoder) as AsyncIterable<Uint8Array>;
  } finally {
    source.destroy();
    decoder.destroy();
  }
}
