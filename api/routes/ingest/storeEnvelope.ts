import { answerPreflight, ingestHandler } from '../../ingest/ingestRoute.ts';
import { readEnvelope } from '../../ingest/readEnvelope.ts';
import { ok } from '../../http/apiResponse.ts';
import { route } from '../../http/route.ts';

const path = '/api/{project_id}/envelope/';

export const storeEnvelope = route({
  name: 'storeEnvelope',
  method: 'POST',
  path,
  summary: 'Takes an envelope of an SDK; answered when its events are stored',
  access: 'public',
  query: { sentry_key: 'The public key, unless it comes in X-Sentry-Auth or in the envelope.' },
  responses: {
    200: 'The id of the event, or an empty object',
    400: 'Malformed',
    401: 'No key, or several',
    403: 'The key does not belong to the project',
    413: 'An item or the envelope is too large',
    415: 'Unknown content encoding',
    503: 'Too much is waiting',
  },
  handle: ingestHandler(async (body, sender, context) => {
    const id = await context.ingest.store(await readEnvelope(body, sender));
    return ok(id === null ? {} : { id });
  }),
});

export const preflightEnvelope = route({
  name: 'preflightEnvelope',
  method: 'OPTIONS',
  path,
  summary: 'Tells browsers that they may send envelopes',
  access: 'public',
  responses: { 200: 'They may' },
  handle: answerPreflight,
});
