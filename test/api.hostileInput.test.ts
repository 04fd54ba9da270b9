import fc from 'fast-check';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { releasePath, releasesPath } from './support/releaseRequests.ts';
import { sendBytes, sendRaw, type RawAnswer } from './support/rawHttp.ts';
import { useSlipway } from './support/slipway.ts';

/** Whatever comes in is answered with a documented refusal, and nothing of it is stored. */
const slipway = useSlipway({ worker: false, environment: { SLIPWAY_WRITE_WAIT_MS: '1' } });

const MEGABYTE = 1024 * 1024;
const json = { 'Content-Type': 'application/json' };

const send = (
  method: string,
  path: string,
  headers: Record<string, string> = {},
  ...chunks: (string | Uint8Array)[]
): Promise<RawAnswer> =>
  sendRaw(
    slipway.url,
    method,
    path,
    { Authorization: `Bearer ${slipway.tenant.ownerToken}`, ...headers },
    chunks,
  );

const stored = async (): Promise<unknown> => {
  const { rows } = await slipway.pool.query(
    `select (select count(*) from operation) as operations, (select count(*) from release) as releases,
            (select count(*) from repository) as repositories, (select count(*) from environment) as environments,
            (select count(*) from commit) as commits, (select count(*) from deploy) as deploys`,
  );
  return rows[0];
};

/** A lone `detail`, or messages by field; nothing of what is inside. */
function expectRefusal(answer: RawAnswer, ...statuses: number[]): void {
  expect(statuses, answer.text).toContain(answer.status);
  expect(answer.headers['content-type']).toBe('application/json');
  expect(answer.headers['x-request-id']).toBeDefined();
  const body = JSON.parse(answer.text);
  expect(Object.keys(body).length).toBeGreaterThan(0);
  expect(answer.text).not.toMatch(
    /Internal Error|errorId|pg_|node_modules|\.ts\b|\bselect\b|\binsert\b|stack/i,
  );
}

beforeAll(async () => {
  await slipway.pool.query(
    `with added as (insert into release (organization_id, version) values ($1, 'there') returning id)
     insert into release_project (release_id, project_id) select id, $2 from added`,
    [slipway.tenant.organizationId, slipway.tenant.web.id],
  );
});

let before: unknown;
beforeEach(async () => {
  before = await stored();
});
afterEach(async () => {
  expect(await stored()).toEqual(before);
});

/** Every endpoint with a body, and the field that a text can be smuggled in by. */
const writes = [
  ['POST', releasesPath],
  ['PUT', releasePath('there')],
  ['POST', releasePath('there', 'deploys/')],
  ['POST', '/api/0/projects/acme/web/releases/'],
  ['PUT', '/api/0/projects/acme/web/releases/there/'],
] as const;

describe('bodies', () => {
  const malformed: [string, string | Uint8Array][] = [
    ['no JSON', 'nope'],
    ['a blank', ' '],
    ['half an object', '{"version":"x"'],
    ['a trailing comma', '{"version":"x",}'],
    ['single quotes', "{'version':'x'}"],
    ['NaN', '{"version":NaN}'],
    ['two documents', '{} {}'],
    ['a comment', '/* */{}'],
    ['a list', '[]'],
    ['a text', '"version"'],
    ['a number', '1'],
    ['null', 'null'],
    ['true', 'true'],
    [
      'a NUL escape',
      String.raw`{"version":"a\u0000b","status":"x","ref":"a\u0000b","environment":"a\u0000b"}`,
    ],
    ['a NUL in a name', String.raw`{"a\u0000":1}`],
    ['a raw NUL', '{"version":"a\0b"}'],
    ['a lone surrogate', String.raw`{"version":"\ud800","ref":"\udc00","environment":"\ud800"}`],
    ['reversed surrogates', String.raw`{"unknown":["\udc00\ud800"]}`],
    ['invalid UTF-8', Buffer.from([0x7b, 0x22, 0x61, 0x22, 0x3a, 0x22, 0xff, 0x22, 0x7d])],
    ['UTF-8 cut short', Buffer.from([0x7b, 0x22, 0xc3, 0x22, 0x7d])],
    ['encoded surrogates', Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22])],
    ['UTF-16', Buffer.from('{"version":"x"}', 'utf16le')],
    ['deep lists', '['.repeat(100_000)],
    ['deep objects', `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`],
    ['gzip', gzipSync('{"version":"x","projects":["web"]}')],
  ];

  test.each(malformed)('%s is a 400 everywhere', async (_, body) => {
    for (const [method, path] of writes) {
      expectRefusal(await send(method, path, json, body), 400);
    }
  });

  test.each([
    ['', 'x'],
    ['text/plain', '{"version":"x"}'],
    ['application/json-patch+json', '[]'],
    ['application/xml', '<a/>'],
    ['application/octet-stream', '\0'],
    ['application/jsonx', '{}'],
    ['; application/json', '{}'],
  ])('the type %j is a 415', async (type, body) => {
    const headers = type === '' ? {} : { 'Content-Type': type };
    for (const [method, path] of writes) {
      const answer = await send(method, path, headers, body);
      expectRefusal(answer, 415);
      expect(JSON.parse(answer.text).detail).toBe(`Unsupported media type "${type}" in request.`);
    }
  });

  test.each([
    ['multipart/form-data', 'x'],
    ['multipart/form-data; boundary=a', 'x'],
    [
      'multipart/form-data; boundary=a',
      '--a\r\nContent-Disposition: form-data; name="version"\r\n\r\nx',
    ],
    ['multipart/form-data; boundary=', '--\r\n\r\n--'],
    ['application/x-www-form-urlencoded', 'version=%ff'],
    ['application/x-www-form-urlencoded', 'version=a%00b&environment=%00&status=%00'],
    [
      'multipart/form-data; boundary=a',
      '--a\r\nContent-Disposition: form-data; name="status"; filename="f"\r\n\r\nx\r\n--a--\r\n',
    ],
  ])('a broken form (%s, %j) is a 400', async (type, body) => {
    for (const [method, path] of [writes[0], writes[2]]) {
      expectRefusal(await send(method, path, { 'Content-Type': type }, body), 400);
    }
  });

  test('one byte over 16 MB is a 413, announced or not; 16 MB are read', async () => {
    const filler = (size: number): Buffer => Buffer.alloc(size, ' ');
    const size = 16 * MEGABYTE;
    const announced = { ...json, 'Content-Length': String(size + 1) };
    expectRefusal(await send('POST', releasesPath, announced, filler(size + 1)), 413);
    const chunked = { ...json, 'Transfer-Encoding': 'chunked' };
    expectRefusal(
      await send('POST', releasesPath, chunked, filler(8 * MEGABYTE), filler(8 * MEGABYTE), ' '),
      413,
    );
    expectRefusal(await send('POST', releasesPath, chunked, filler(size)), 400);
  });

  test('a body that declares less than it sends is no request', async () => {
    const answer = await sendBytes(
      slipway.url,
      `POST ${releasesPath} HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
  });

  test.each([
    ['POST', releasesPath, { version: '__proto__', projects: ['web'], status: 'x' }],
    ['POST', releasesPath, { version: 'x', projects: [{}] }],
    ['POST', releasesPath, { version: 'x', projects: [[[]]] }],
    ['POST', releasesPath, { version: 'x', projects: [1e300] }],
    ['POST', releasesPath, { version: 'x', projects: [-1] }],
    ['POST', releasesPath, { version: 'x', projects: ['-1'] }],
    ['POST', releasesPath, { version: 'x', projects: ['$all'] }],
    ['POST', releasesPath, { version: 'x', projects: ['9'.repeat(30)] }],
    ['POST', releasesPath, { version: 'x', projects: ['web', "x' or 1=1 --"] }],
    ['POST', releasesPath, { version: 'x', projects: ['web'], owner: '9'.repeat(30) }],
    ['POST', releasesPath, { version: 'x', projects: ['web'], owner: 2 ** 53 }],
    ['POST', releasesPath, { version: 'x', projects: ['web'], owner: ['a'] }],
    ['POST', releasesPath, { version: 'x', projects: ['web'], owner: '%@%' }],
    ['POST', releasesPath, { version: { toString: 1 }, projects: ['web'] }],
    ['POST', releasesPath, { version: 'v'.repeat(201), projects: ['web'] }],
    ['PUT', releasePath('there'), { ref: { a: 1 } }],
    ['PUT', releasePath('there'), { url: 'javascript:alert(1)' }],
    ['PUT', releasePath('there'), { dateReleased: '0000-00-00T00:00' }],
    ['PUT', releasePath('there'), { dateReleased: '10000-01-01T00:00Z' }],
    ['PUT', releasePath('there'), { dateReleased: '9'.repeat(400) }],
    ['PUT', releasePath('there'), { dateReleased: 1e21 }],
    ['PUT', releasePath('there'), { dateReleased: '9999-12-31T23:59:59-23:59' }],
    ['PUT', releasePath('there'), { commits: [{ id: true }] }],
    ['PUT', releasePath('there'), { commits: [{ id: 'i'.repeat(65) }] }],
    ['PUT', releasePath('there'), { commits: [[]] }],
    ['PUT', releasePath('there'), { commits: {} }],
    [
      'PUT',
      releasePath('there'),
      { commits: [{ id: 'x', patch_set: [{ path: 'p'.repeat(511), type: 'A' }] }] },
    ],
    ['PUT', releasePath('there'), { commits: [{ id: 'x', author_email: 'e'.repeat(201) }] }],
    ['PUT', releasePath('there'), { refs: [{ repository: 'r', commit: '..' }] }],
    ['PUT', releasePath('there'), { refs: [{ repository: 'r', commit: 'a..' }] }],
    ['PUT', releasePath('there'), { refs: [{ repository: 'r', commit: '....' }] }],
    ['PUT', releasePath('there'), { refs: [{ repository: '', commit: 'a' }] }],
    ['PUT', releasePath('there'), { refs: 'a..b' }],
    ['PUT', releasePath('there'), { headCommits: [{ currentId: null, repository: 'r' }] }],
    ['POST', releasePath('there', 'deploys/'), { environment: ['prod'] }],
    ['POST', releasePath('there', 'deploys/'), { environment: 'p', projects: ['9'.repeat(30)] }],
    ['POST', releasePath('there', 'deploys/'), { environment: 'p', projects: [{}] }],
    ['POST', releasePath('there', 'deploys/'), { environment: 'p', url: 'http://[::1' }],
  ])('%s %s %j', async (method, path, body) => {
    expectRefusal(await send(method, path, json, JSON.stringify(body)), 400);
  });

  test('__proto__ and constructor are names like any other', async () => {
    const body =
      '{"__proto__":{"version":"x","projects":["web"]},"constructor":{"prototype":{"status":"x"}}}';
    expectRefusal(await send('POST', releasesPath, json, body), 400);
    expect(({} as any).version).toBeUndefined();
    const nested = String.raw`{"__proto__":"\u0000"}`;
    expectRefusal(await send('POST', releasesPath, json, nested), 400);
  });

  test('a million bad items cost no more than one', async () => {
    const startedAt = performance.now();
    const items = `[${'1,'.repeat(1_000_000)}1]`;
    const answer = await send('PUT', releasePath('there'), json, `{"commits":${items}}`);
    expectRefusal(answer, 400);
    expect(answer.text.length).toBeLessThan(200);
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });
});

describe('paths', () => {
  const ids = [
    '%00',
    '%ff',
    '9'.repeat(30),
    '-1',
    '0',
    "a'b",
    '%27%20or%201=1',
    '%f0%9f',
    '💥',
    'a%00b',
    '1e3',
    '0x1',
    '%',
  ];

  test.each(ids)('%s names no organization, project, release or operation', async (id) => {
    const segment = encodeURI(id).replaceAll('%25', '%');
    for (const path of [
      `/api/0/organizations/${segment}/`,
      `/api/0/organizations/${segment}/releases/`,
      `/api/0/organizations/${segment}/releases/there/deploys/`,
      `/api/0/projects/acme/${segment}/`,
      `/api/0/projects/acme/${segment}/releases/there/commits/`,
      `/api/0/projects/${segment}/web/releases/`,
      `${releasesPath}${segment}/`,
      `${releasesPath}${segment}/previous-with-commits/`,
      `/api/slipway/v1/operations/${segment}`,
    ]) {
      expectRefusal(await send('GET', path), 404);
    }
    expectRefusal(await send('DELETE', `${releasesPath}${segment}/`), 404);
    expectRefusal(await send('PUT', `${releasesPath}${segment}/`, json, '{}'), 404);
  });

  test.each(['00000000-0000-0000-0000-000000000000', 'x'.repeat(36), '1', `${'0'.repeat(8)}-%00`])(
    'the operation %s is a 404',
    async (id) => {
      expectRefusal(await send('GET', `/api/slipway/v1/operations/${id}`), 404);
    },
  );
});

describe('queries', () => {
  const lists = [
    releasesPath,
    `${releasesPath}stats/`,
    releasePath('there'),
    releasePath('there', 'commits/'),
    releasePath('there', 'commitfiles/'),
    releasePath('there', 'deploys/'),
    '/api/0/projects/acme/web/releases/',
    '/api/0/organizations/acme/repos/',
    '/api/0/organizations/',
  ];

  test.each([
    'query=%00',
    'query=%ff',
    'environment=%00',
    'project=%00',
    '%00=x',
    'x=%ed%a0%80',
    `query=${'x'.repeat(6_001)}`,
  ])('?%s is a 400 everywhere', async (query) => {
    for (const path of lists) expectRefusal(await send('GET', `${path}?${query}`), 400);
  });

  test.each([
    ...[
      'x',
      '1',
      '::',
      '1:1',
      '1:1:1:1',
      'a:b:c',
      '0x1:0:0',
      '1:1:',
      ' 1:1:0',
      '1e3:0:0',
      '-5:0:0',
    ].map((cursor) => `cursor=${cursor}`),
    ...['x', '', '0', '-1', '101', '1.5', '1e2', '9'.repeat(40), ' 1'].map(
      (size) => `per_page=${size}`,
    ),
  ])('?%s is a 400 on paged lists, or an empty page', async (query) => {
    for (const path of lists.filter((one) => !one.endsWith('there/') && !one.endsWith('stats/'))) {
      const answer = await send('GET', `${path}?${query.replaceAll(' ', '%20')}`);
      if (answer.status === 200) expect(query).toMatch(/^cursor=/);
      else expectRefusal(answer, 400);
    }
  });

  test.each([
    'statsPeriod=-1d',
    'statsPeriod=1y',
    `statsPeriod=${'9'.repeat(10)}w`,
    'statsPeriod=14d;drop',
    'start=0&end=x',
    `start=${'9'.repeat(300)}&end=1`,
    'start=2026-13-01&end=2027-01-01',
    'start=2026-01-01',
  ])('?%s is no range of dates', async (query) => {
    for (const path of lists.slice(0, 2)) expectRefusal(await send('GET', `${path}?${query}`), 400);
  });

  test('more projects or environments than anybody has are refused before they are looked up', async () => {
    const many = (name: string): string =>
      Array.from({ length: 300 }, (_, index) => `${name}=${index}`).join('&');
    for (const path of lists.slice(0, 2)) {
      expectRefusal(await send('GET', `${path}?${many('project')}`), 400);
      expectRefusal(await send('GET', `${path}?${many('environment')}`), 400);
    }
  });

  test.each([
    'project=web&project=web&status=open&status=nope&query=a&query=b',
    'cursor=&cursor=x&per_page=5&per_page=x',
    '__proto__=x&constructor=y&toString=z',
    'query=%25%25%25%25%5C',
    'query=(((((((((((((((((((((',
    '&&&&===&%zz=%',
    'cursor=99999999999999999999:99999999999999999999:0',
    'cursor=9007199254740991:9007199254740991:1',
    'cursor=0:0:-1',
  ])('?%s is answered calmly', async (query) => {
    for (const path of lists) {
      const answer = await send('GET', `${path}?${query}`);
      expect(answer.status, `${path}: ${answer.text}`).toBeLessThan(500);
    }
  });
});

describe('headers', () => {
  test.each([
    ['an empty key', { 'Idempotency-Key': '' }],
    ['a key with blanks', { 'Idempotency-Key': 'a b' }],
    ['a key that is no ASCII', { 'Idempotency-Key': 'ÿ' }],
    ['a long key', { 'Idempotency-Key': 'k'.repeat(256) }],
  ])('%s is a 400', async (_, headers) => {
    for (const [method, path] of writes) {
      const body = JSON.stringify({ version: 'x', projects: ['web'], environment: 'p' });
      expectRefusal(await send(method, path, { ...json, ...headers }, body), 400, 400);
    }
  });

  test.each([
    'Bearer \x80\xff',
    'Bearer ' + '%00'.repeat(10),
    'Bearer null',
    'Basic Og==',
    'Basic ////',
    'Bearer a\tb',
  ])('the credentials %j are a 401', async (authorization) => {
    expectRefusal(await send('GET', releasesPath, { Authorization: authorization }), 401);
  });

  test('what is no HTTP is answered in JSON too', async () => {
    const statusOf = async (bytes: string): Promise<string> => {
      const answer = await sendBytes(slipway.url, bytes);
      const [head = '', body = ''] = answer.split('\r\n\r\n');
      expect(head).toMatch(/content-type: application\/json/i);
      expect(head).toMatch(/x-request-id: /i);
      expect(Object.keys(JSON.parse(body))).toEqual(['detail']);
      return head.slice('HTTP/1.1 '.length).slice(0, 3);
    };
    const closed = 'Connection: close\r\n\r\n';
    expect(await statusOf('nonsense\r\n\r\n')).toBe('400');
    expect(await statusOf(`GET /\\..\\x HTTP/1.1\r\nHost: x\r\n${closed}`)).toBe('400');
    expect(await statusOf(`GET /healthz HTTP/1.1\r\nHost: a b\r\n${closed}`)).toBe('400');
    expect(await statusOf(`GET / HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n${closed}`)).toBe(
      '400',
    );
    expect(await statusOf(`GET /?${'q'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n${closed}`)).toBe(
      '431',
    );
  });
});

describe('anything', () => {
  const key = fc.constantFrom(
    'version',
    'projects',
    'commits',
    'refs',
    'headCommits',
    'status',
    'owner',
    'ref',
    'url',
    'dateReleased',
    'id',
    'repository',
    'message',
    'author_name',
    'author_email',
    'timestamp',
    'patch_set',
    'path',
    'type',
    'commit',
    'previousCommit',
    'currentId',
    'environment',
    'dateFinished',
    'name',
    '__proto__',
  );
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 80 }),
    fc.constantFrom(
      'web',
      'open',
      'latest',
      'a..b',
      '2026-01-01T00:00Z',
      '\0',
      '\ud800',
      '9'.repeat(30),
      '',
    ),
  );
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      text,
      fc.double(),
      fc.maxSafeInteger(),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(key, tie('value'), { maxKeys: 6 }),
    ),
  }));

  test('that JSON can say is accepted or refused, never a failure', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...writes), value, async ([method, path], body) => {
        const answer = await send(method, path, json, JSON.stringify(body));
        expect(answer.status, answer.text).toBeLessThan(500);
        JSON.parse(answer.text);
      }),
      { numRuns: 150 },
    );
    // What was accepted is stored; the next test compares with what is there now.
    before = await stored();
  });

  test('that bytes can say is refused', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...writes),
        fc.uint8Array({ minLength: 1, maxLength: 60 }),
        async ([method, path], bytes) => {
          const answer = await send(method, path, json, bytes);
          expect(answer.status, answer.text).toBe(400);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('that a query can say is answered', async () => {
    const name = fc.constantFrom(
      'project',
      'environment',
      'query',
      'cursor',
      'per_page',
      'status',
      'sort',
      'start',
      'end',
      'statsPeriod',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(name, text), { maxLength: 5 }), async (pairs) => {
        const query = pairs
          .map(([key, item]) => `${key}=${encodeURIComponent(item.toWellFormed())}`)
          .join('&');
        const answer = await send('GET', `${releasesPath}?${query}`);
        expect(answer.status, `${query}: ${answer.text}`).toBeLessThan(500);
      }),
      { numRuns: 100 },
    );
  });
});
