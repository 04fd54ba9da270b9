import { AppError } from '../../domain/errors.ts';

/** 5,000 commits with their files are about 3 MB; sixteen leave room and still fit in memory many times over. */
const BODY_BYTES_MAX = 16 * 1024 * 1024;

/**
 * Reads a request body up to the cap, without trusting Content-Length.
 * @throws AppError payload_too_large
 */
export async function readBody(request: Request): Promise<Uint8Array> {
  const declared = Number(request.headers.get('content-length') ?? 0);
  if (declared > BODY_BYTES_MAX) throw tooLarge();
  if (request.body === null) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body as ReadableStream<Uint8Array>) {
    size += chunk.byteLength;
    if (size > BODY_BYTES_MAX) throw tooLarge();
    chunks.push(chunk);
  }
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
}

function tooLarge(): AppError {
  return new AppError(
    'payload_too_large',
    `The request body is larger than ${BODY_BYTES_MAX / 1024 / 1024} MB. Send fewer commits in one request.`,
  );
}
