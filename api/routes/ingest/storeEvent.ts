import { envelopeError } from '../../../domain/ingest/envelopeError.ts';
import { EVENT_BYTES_MAX, tooLarge } from '../../../domain/ingest/itemLimits.ts';
import { answerPreflight, ingestHandler } from '../../ingest/ingestRoute.ts';
import { unauthorized } from '../../ingest/credentials.ts';
import { ok } from '../../http/apiResponse.ts';
import { route } from '../../http/route.ts';

const path = '/api/{project_id}/store/';

/** One event as the whole body: what SDKs sent before there were envelopes. */
export const storeEvent = route({
  name: 'storeEvent',
  method: 'POST',
  path,
  summary: 'Takes one event as JSON; answered when it is stored',
  access: 'public',
  query: { sentry_key: 'The public key, unless it comes in X-Sentry-Auth.' },
  responses: {
    200: 'The id of the event',
    400: 'Malformed',
    401: 'No key, or several',
    403: 'The key does not belong to the project',
    413: 'The event is too large',
    415: 'Unknown content encoding',
    503: 'Too much is waiting',
  },
  handle: ingestHandler(async (body, sender, context) => {
    if (sender.publicKey === null) throw unauthorized('missing authorization information');
    const key = await sender.requireKey(sender.publicKey);
    const payload = await readEvent(body);
    const header = { type: 'event', length: payload.byteLength, itemCount: null };
    const id = await context.ingest.store({ key, eventId: null, items: [{ header, payload }] });
    return ok({ id });
  }),
});

export const preflightEvent = route({
  name: 'preflightEvent',
  method: 'OPTIONS',
  path,
  summary: 'Tells browsers that they may send events',
  access: 'public',
  responses: { 200: 'They may' },
  handle: answerPreflight,
});

async function readEvent(body: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of body) {
    size += piece.byteLength;
    if (size > EVENT_BYTES_MAX) throw tooLarge('event', `at most ${EVENT_BYTES_MAX} bytes`);
    pieces.push(piece);
  }
  if (size === 0) throw envelopeError('empty request body');
  return Buffer.concat(pieces);
}
