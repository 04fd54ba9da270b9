import { inflateSync } from 'node:zlib';
import { envelopeError } from '../../domain/ingest/envelopeError.ts';
import { EVENT_BYTES_MAX, tooLarge } from '../../domain/ingest/itemLimits.ts';

const OPENING_BRACE = 0x7b;

/** Bytes that JSON may begin with before its first brace. */
const blanks: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d, 0xef, 0xbb, 0xbf]);

/**
 * The JSON of an event as clients of all ages send it: as it is, in Base64, or deflated and then in Base64.
 * @throws AppError invalid_input when it is none of these, payload_too_large when it inflates beyond the limit.
 */
export function decodeEvent(payload: Uint8Array): Uint8Array {
  if (isJson(payload)) return payload;
  const decoded = Buffer.from(Buffer.from(payload).toString('latin1'), 'base64');
  return isJson(decoded) ? decoded : inflate(decoded);
}

function isJson(bytes: Uint8Array): boolean {
  return bytes.find((byte) => !blanks.has(byte)) === OPENING_BRACE;
}

function inflate(bytes: Uint8Array): Uint8Array {
  try {
    return inflateSync(bytes, { maxOutputLength: EVENT_BYTES_MAX });
  } catch (error) {
    if (error instanceof RangeError) throw tooLarge('event', `at most ${EVENT_BYTES_MAX} bytes`);
    throw envelopeError('invalid event', 'the event is neither JSON nor deflated JSON in Base64');
  }
}
