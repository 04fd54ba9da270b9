import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import { Readable, type Transform } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import {
  brotliCompressSync,
  constants,
  createBrotliCompress,
  createDeflate,
  createZstdCompress,
  deflateSync,
  gzipSync,
  zstdCompressSync,
} from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import { envelope, exceptionEvent, IngestClient } from './support/ingest.ts';
import { useSlipway } from './support/slipway.ts';

/**
 * The ingestion endpoints as SDKs see them (traces-health 4): who may send, compressions, limits, CORS, and what is
 * answered.
 */
const slipway = useSlipway({ worker: false });
let web: IngestClient;
let api: IngestClient;

beforeAll(async () => {
  web = await IngestClient.create(slipway);
  api = await IngestClient.create(slipway, slipway.tenant.api);
});

const ID = 'f'.repeat(32);
const event = { header: { type: 'event' }, payload: exceptionEvent('Sent') };
const body = envelope({ event_id: ID }, [event]);
const count = async (): Promise<number> =>
  (await slipway.pool.query('select count(*)::int from event')).rows[0].count;

describe('200', () => {
  test('with the id of the envelope, dashes or not, which wins over the payload', async () => {
    const answer = await web.post('envelope', {
      raw: envelope({ event_id: '9ec79c33-ec99-42ab-8353-589fcb2e04dc' }, [
        {
          header: { type: 'event' },
          payload: { ...exceptionEvent('Ids'), event_id: 'a'.repeat(32) },
        },
      ]),
    });
    expect(answer.status, answer.text).toBe(200);
    expect(answer.body).toEqual({ id: '9ec79c33ec9942ab8353589fcb2e04dc' });
    const { rows } = await slipway.pool.query(
      "select event_id from event where event_id = '9ec79c33ec9942ab8353589fcb2e04dc'",
    );
    expect(rows).toHaveLength(1);
  });

  test('without an id in the headers the one of the payload counts, else one is made', async () => {
    const own = await web.post('envelope', {
      raw: envelope({}, [{ header: { type: 'event' }, payload: { event_id: 'b'.repeat(32) } }]),
    });
    expect(own.body).toEqual({ id: 'b'.repeat(32) });
    const made = await web.post('envelope', {
      raw: envelope({}, [{ header: { type: 'event' }, payload: {} }]),
    });
    expect(made.body).toEqual({ id: expect.stringMatching(/^[\da-f]{32}$/) });
  });

  test.each([
    'session',
    'sessions',
    'client_report',
    'check_in',
    'transaction',
    'span',
    'log',
    'attachment',
    'never_heard_of',
  ])('an item of type %s is accepted', async (type) => {
    const answer = await web.post('envelope', {
      raw: envelope({}, [{ header: { type }, payload: { any: 'thing' } }]),
    });
    expect(answer.status, answer.text).toBe(200);
    expect(answer.body).toEqual(type === 'transaction' ? { id: expect.any(String) } : {});
  });

  test('a report of what the client threw away is counted, and a broken one is accepted too', async () => {
    const report = (discarded: unknown) =>
      envelope({}, [
        { header: { type: 'client_report' }, payload: { discarded_events: discarded } },
      ]);
    const good = { reason: 'queue_overflow', category: 'error', quantity: 3 };
    for (const raw of [
      report([
        good,
        { ...good, reason: 'x'.repeat(99), category: 7 },
        { ...good, quantity: -1 },
        5,
      ]),
      report([good]),
      report('nothing'),
      envelope({}, [{ header: { type: 'client_report' }, payload: '{' }]),
    ]) {
      expect(await web.post('envelope', { raw })).toMatchObject({ status: 200, body: {} });
    }
    const { text } = await slipway.call('GET', '/metrics', { token: null });
    expect(text).toContain(
      'slipway_client_discards_total{reason="queue_overflow",category="error"} 6',
    );
    expect(text).toContain('slipway_client_discards_total{reason="other",category="other"} 3');
  });

  test('an envelope without items, with and without an id', async () => {
    expect((await web.post('envelope', { raw: '{}' })).body).toEqual({});
    expect((await web.post('envelope', { raw: `{"event_id":"${ID}"}\n` })).body).toEqual({
      id: ID,
    });
  });

  test('a broken item does not take the good ones with it', async () => {
    const before = await count();
    const good = await web.post('envelope', {
      raw: envelope({}, [
        { header: { type: 'session' }, payload: 'no json' },
        event,
        { header: { type: '?' }, payload: 'x' },
        { header: { type: 'client_report' }, payload: '{"discarded_events":7' },
        { header: { type: 'span', item_count: 1 }, payload: Buffer.from([0xff, 0x00]) },
      ]),
    });
    expect(good.status).toBe(200);
    expect(await count()).toBe(before + 1);
    const broken = await web.post('envelope', {
      raw: envelope({}, [
        { header: { type: 'event' }, payload: 'no json' },
        { header: { type: 'session' }, payload: {} },
      ]),
    });
    expect(broken.status).toBe(200);
  });

  test('the old store endpoint takes one event as the body', async () => {
    const answer = await web.post('store', {
      body: { ...exceptionEvent('Stored'), event_id: 'c'.repeat(32) },
    });
    expect(answer.status, answer.text).toBe(200);
    expect(answer.body).toEqual({ id: 'c'.repeat(32) });
  });
});

describe('one event, as old clients send it', () => {
  const json = JSON.stringify({ ...exceptionEvent('Old'), event_id: 'd'.repeat(32) });
  const forms: [string, (text: string) => string][] = [
    ['JSON', (text) => text],
    ['JSON after blanks', (text) => ` \n${text}`],
    ['Base64', (text) => Buffer.from(text).toString('base64')],
    ['Base64 for addresses', (text) => Buffer.from(text).toString('base64url')],
    ['deflated', (text) => deflateSync(text).toString('base64')],
  ];
  const sendInAddress = (data: string, key = web.publicKey) =>
    slipway.call(
      'GET',
      web.path('store', `?sentry_key=${key}&sentry_data=${encodeURIComponent(data)}`),
      { token: null },
    );

  test.each(forms)('%s as the body', async (_, encode) => {
    const answer = await web.post('store', { raw: encode(json) });
    expect(answer.status, answer.text).toBe(200);
    expect(answer.body).toEqual({ id: 'd'.repeat(32) });
  });

  test.each(forms)('%s in the address, for a pixel', async (_, encode) => {
    const eventId = randomBytes(16).toString('hex');
    const before = await count();
    const answer = await sendInAddress(encode(json.replaceAll('d'.repeat(32), eventId)));
    expect(answer.status, answer.text).toBe(200);
    expect(answer.headers.get('content-type')).toBe('image/gif');
    expect(answer.headers.get('x-sentry-id')).toBe(eventId);
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    expect(answer.text).toMatch(/^GIF89a/);
    expect(await count()).toBe(before + 1);
  });

  test.each<[string, number]>([
    ['', 400],
    ['no event', 400],
    ['AAAA', 400],
    [Buffer.from('[]').toString('base64'), 400],
    [deflateSync('no json').toString('base64'), 400],
    [deflateSync(Buffer.alloc(2 * 1024 * 1024, 0x7b)).toString('base64'), 413],
  ])('%j is no event', async (data, status) => {
    const before = await count();
    expect((await sendInAddress(data)).status).toBe(status);
    if (data !== '') expect((await web.post('store', { raw: data })).status).toBe(status);
    expect(await count()).toBe(before);
  });

  test('a stranger gets no pixel', async () => {
    expect((await sendInAddress(json, '0'.repeat(32))).status).toBe(403);
    const { status } = await slipway.call('GET', web.path('store'), { token: null });
    expect(status).toBe(401);
  });
});

describe('who may send', () => {
  const post = (headers: Record<string, string>, query = '', raw: Buffer | string = body) =>
    slipway.call('POST', web.path('envelope', query), { token: null, raw, headers });
  const basic = (key: string): string => `Basic ${Buffer.from(`${key}:`).toString('base64')}`;

  test('the key comes in one of five places', async () => {
    const key = web.publicKey;
    const answers = [
      await post({
        'X-Sentry-Auth': `Sentry sentry_key=${key}, sentry_version=7, sentry_timestamp=1.5, sentry_client=sentry-cli/x86_64`,
      }),
      await post({ 'X-Sentry-Auth': `sentry sentry_key=${key.toUpperCase()},sentry_secret=s` }),
      await post({ Authorization: `Sentry sentry_key=${key}` }),
      await post({ Authorization: basic(key) }),
      await post({}, `?sentry_version=7&sentry_key=${key}&sentry_client=sentry.javascript.node`),
      await post({}, '', envelope({ event_id: ID, dsn: web.dsn }, [event])),
      await post(web.auth, '', envelope({ event_id: ID, dsn: web.dsn }, [event])),
    ];
    expect(answers.map(({ status, text }) => (status === 200 ? 200 : text))).toEqual(
      Array(7).fill(200),
    );
  });

  test.each<[string, () => Record<string, string>, string]>([
    ['nothing at all', () => ({}), ''],
    ['two sources', () => web.auth, '?sentry_key=x'],
    ['a malformed header', () => ({ 'X-Sentry-Auth': 'Bearer x' }), ''],
    ['a header without a key', () => ({ 'X-Sentry-Auth': 'Sentry sentry_version=7' }), ''],
    ['a query without a key', () => ({}), '?sentry_version=7'],
    ['a token of the API', () => ({ Authorization: `Bearer ${slipway.tenant.ownerToken}` }), ''],
  ])('%s: 401', async (_, headers, query) => {
    const answer = await post(headers(), query);
    expect(answer.status, answer.text).toBe(401);
    expect(answer.body.detail).toEqual(expect.any(String));
  });

  test.each<[string, () => Record<string, string>]>([
    ['a key that is no key', () => ({ 'X-Sentry-Auth': 'Sentry sentry_key=abc' })],
    [
      'a protocol of the future',
      () => ({ 'X-Sentry-Auth': `Sentry sentry_key=${web.publicKey}, sentry_version=8` }),
    ],
  ])('%s: 400', async (_, headers) => {
    expect((await post(headers())).status).toBe(400);
  });

  test('a bad project path is a 400', async () => {
    const answer = await slipway.call('POST', '/api/web/envelope/', {
      token: null,
      raw: body,
      headers: web.auth,
    });
    expect(answer.status).toBe(400);
  });

  test('unknown, disabled and foreign keys, and a DSN that says something else, are 403 and store nothing', async () => {
    const before = await count();
    const disabled = await IngestClient.create(slipway);
    await slipway.pool.query('update project_key set is_active = false where public_key = $1', [
      disabled.publicKey,
    ]);
    const answers = [
      await post({ 'X-Sentry-Auth': `Sentry sentry_key=${randomBytes(16).toString('hex')}` }),
      await post(disabled.auth),
      await post(api.auth),
      await post(web.auth, '', envelope({ dsn: api.dsn }, [event])),
      await post(web.auth, '', envelope({ dsn: disabled.dsn }, [event])),
      await post({}, '', envelope({ dsn: api.dsn }, [event])),
    ];
    expect(answers.map(({ status }) => status)).toEqual(Array(6).fill(403));
    expect(await count()).toBe(before);
  });
});

describe('compression', () => {
  test.each<[string, (bytes: Buffer) => Buffer]>([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
    ['zstd', zstdCompressSync],
    ['GZip', gzipSync],
    ['identity', (bytes) => bytes],
    ['', (bytes) => bytes],
    ['UTF-8', (bytes) => bytes],
  ])('%j', async (encoding, compress) => {
    const eventId = randomBytes(16).toString('hex');
    const raw = compress(envelope({ event_id: eventId }, [event]));
    const answer = await web.post('envelope', { raw, headers: { 'Content-Encoding': encoding } });
    expect(answer.status, answer.text).toBe(200);
    const { rows } = await slipway.pool.query('select from event where event_id = $1', [eventId]);
    expect(rows).toHaveLength(1);
  });

  test('an unknown one is a 415 without a body that names the known ones', async () => {
    for (const encoding of ['snappy', 'gzip, deflate']) {
      const answer = await web.post('envelope', {
        raw: body,
        headers: { 'Content-Encoding': encoding },
      });
      expect(answer.status).toBe(415);
      expect(answer.text).toBe('');
      expect(answer.headers.get('accept-encoding')).toBe('gzip, deflate, br, zstd');
    }
  });

  test.each(['gzip', 'deflate', 'br', 'zstd'])('broken %s is a 400', async (encoding) => {
    for (const raw of [body, gzipSync(body).subarray(0, 20), Buffer.alloc(0)]) {
      const answer = await web.post('envelope', { raw, headers: { 'Content-Encoding': encoding } });
      expect(answer.status, answer.text).toBe(400);
      expect(answer.body.detail).toEqual(expect.any(String));
    }
  });

  test('a bomb of a gigabyte is cut off while it inflates', async () => {
    // Members of one stream: a gigabyte that is made in a moment.
    const zeros = gzipSync(Buffer.alloc(64 * 1024 * 1024));
    const bomb = [
      gzipSync('{}\n{"type":"attachment"}\n'),
      ...Array.from({ length: 16 }, () => zeros),
    ];
    const before = process.memoryUsage().rss;
    const answer = await web.post('envelope', {
      raw: Buffer.concat(bomb),
      headers: { 'Content-Encoding': 'gzip' },
    });
    expect(answer.status, answer.text).toBe(413);
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1024 * 1024);
  });

  test.each<[string, () => Transform]>([
    ['deflate', () => createDeflate({ level: 1 })],
    ['br', () => createBrotliCompress({ params: { [constants.BROTLI_PARAM_QUALITY]: 0 } })],
    ['zstd', () => createZstdCompress()],
  ])('a bomb in %s is cut off too, at both endpoints', async (encoding, createCompressor) => {
    const zeros = Buffer.alloc(64 * 1024 * 1024);
    const content = [Buffer.from('{}\n{"type":"attachment"}\n'), ...Array(4).fill(zeros)];
    const raw = await buffer(Readable.from(content).pipe(createCompressor()));
    expect(raw.byteLength).toBeLessThan(2 * 1024 * 1024);
    const before = process.memoryUsage().rss;
    for (const endpoint of ['envelope', 'store'] as const) {
      const answer = await web.post(endpoint, { raw, headers: { 'Content-Encoding': encoding } });
      expect(answer.status, answer.text).toBe(413);
    }
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1024 * 1024);
  });
});

describe('400 and 413', () => {
  test('an empty body', async () => {
    for (const endpoint of ['envelope', 'store'] as const) {
      expect((await web.post(endpoint, { raw: '' })).status).toBe(400);
    }
  });

  test('malformed framing says why', async () => {
    const answer = await web.post('envelope', { raw: '{}\n{"length":3}\n123' });
    expect(answer.status).toBe(400);
    expect(answer.body).toEqual({
      detail: 'invalid event envelope',
      causes: ['item headers without a type'],
    });
  });

  test('two events, or an event and a transaction, in one envelope', async () => {
    const before = await count();
    for (const type of ['event', 'transaction']) {
      const answer = await web.post('envelope', {
        raw: envelope({ event_id: ID }, [event, { header: { type }, payload: {} }]),
      });
      expect(answer.status).toBe(400);
    }
    expect(await count()).toBe(before);
  });

  test('an item over its limit rejects the whole envelope and is named', async () => {
    const before = await count();
    const answer = await web.post('envelope', {
      raw: envelope({}, [
        event,
        { header: { type: 'check_in' }, payload: 'x'.repeat(100 * 1024 + 1) },
      ]),
    });
    expect(answer.status).toBe(413);
    expect(answer.body.detail).toMatch(/check_in/);
    expect(await count()).toBe(before);
    const stored = await web.post('store', {
      raw: JSON.stringify({ message: 'x'.repeat(1024 * 1024) }),
    });
    expect(stored.status).toBe(413);
    expect(stored.body.detail).toMatch(/event/);
  });

  test('a refusal in the middle of a large upload arrives', async () => {
    const { hostname, port } = new URL(slipway.url);
    const status = await new Promise((resolve, reject) => {
      const sent = request(
        { hostname, port, method: 'POST', path: web.path('envelope'), headers: web.auth },
        (response) => {
          response.resume();
          resolve(response.statusCode);
        },
      );
      sent.on('error', reject);
      sent.write('{}\n{"type":"event"}\n');
      for (let i = 0; i < 64; i += 1) sent.write(Buffer.alloc(256 * 1024, 'x'));
      sent.end();
    });
    expect(status).toBe(413);
    expect(await web.send()).toHaveLength(32);
  });
});

describe('browsers', () => {
  test('may ask before they send', async () => {
    for (const endpoint of ['envelope', 'store'] as const) {
      const answer = await slipway.call('OPTIONS', web.path(endpoint), {
        token: null,
        headers: { Origin: 'https://shop.test', 'Access-Control-Request-Method': 'POST' },
      });
      expect(answer.status).toBe(200);
      expect(answer.headers.get('access-control-allow-origin')).toBe('*');
      expect(answer.headers.get('access-control-allow-methods')).toMatch(/POST/);
      expect(answer.headers.get('access-control-allow-headers')).toMatch(/x-sentry-auth/);
    }
  });

  test('can read answers and errors', async () => {
    for (const headers of [web.auth, { 'X-Sentry-Auth': 'nonsense' }]) {
      const answer = await slipway.call('POST', web.path('envelope'), {
        token: null,
        raw: body,
        headers,
      });
      expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    }
  });

  test.each([
    'text/plain;charset=UTF-8',
    'application/x-www-form-urlencoded',
    'multipart/form-data',
    'application/x-sentry-envelope',
  ])('may call it %s', async (contentType) => {
    const answer = await web.post('envelope', {
      raw: body,
      headers: { 'Content-Type': contentType },
    });
    expect(answer.status, answer.text).toBe(200);
  });
});
