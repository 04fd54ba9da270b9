import { envelopeError } from '../../../domain/ingest/envelopeError.ts';
import { EVENT_BYTES_MAX, tooLarge } from '../../../domain/ingest/itemLimits.ts';
import type { IngestKey } from '../../../db/events/findIngestKeys.ts';
import type { AppContext } from '../../context.ts';
import { decodeEvent } from '../../ingest/decodeEvent.ts';
import { answerPreflight, ingestHandler } from '../../ingest/ingestRoute.ts';
import type { Sender } from '../../ingest/readEnvelope.ts';
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
    const key = await requireKey(sender);
    return ok({ id: await store(context, key, await readEvent(body)) });
  }),
});

/** What clients sent that could only load pictures. Too large for an address is too large here. */
export const storeEventOfQuery = route({
  name: 'storeEventOfQuery',
  method: 'GET',
  path,
  summary:
    'Takes one event from the address; answered with a picture of one pixel when it is stored',
  access: 'public',
  query: {
    sentry_key: 'The public key.',
    sentry_data: 'The event as JSON, in Base64, or deflated and in Base64.',
  },
  responses: {
    200: 'A transparent pixel',
    400: 'Malformed',
    401: 'No key',
    403: 'The key does not belong to the project',
    413: 'The event is too large',
    503: 'Too much is waiting',
  },
  handle: (request, context) =>
    ingestHandler(async (_body, sender) => {
      const key = await requireKey(sender);
      const data = request.query.get('sentry_data') ?? '';
      if (data === '') throw envelopeError('empty request body');
      const id = await store(context, key, Buffer.from(data));
      return {
        status: 200,
        body: pixel,
        headers: { 'Content-Type': 'image/gif', 'Cache-Control': 'no-store', 'X-Sentry-ID': id },
      };
    })(request, context),
});

/** GIF of one transparent pixel. */
const pixel = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');

export const preflightEvent = route({
  name: 'preflightEvent',
  method: 'OPTIONS',
  path,
  summary: 'Tells browsers that they may send events',
  access: 'public',
  responses: { 200: 'They may' },
  handle: answerPreflight,
});

function requireKey({ publicKey, requireKey: find }: Sender): Promise<IngestKey> {
  if (publicKey === null) throw unauthorized('missing authorization information');
  return find(publicKey);
}

/** Answers the id of the event. */
async function store(context: AppContext, key: IngestKey, received: Uint8Array): Promise<string> {
  const payload = decodeEvent(received);
  const header = { type: 'event', length: payload.byteLength, itemCount: null };
  const id = await context.ingest.store({ key, eventId: null, items: [{ header, payload }] });
  return id ?? '';
}

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
