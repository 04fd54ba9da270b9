import { describe, expect, test } from 'vitest';
import { releasesPath } from './support/releaseRequests.ts';
import { sendRaw, type RawAnswer } from './support/rawHttp.ts';
import { useSlipway } from './support/slipway.ts';

const slipway = useSlipway({ worker: false });

const send = (
  method: string,
  path: string,
  headers: Record<string, string> = {},
): Promise<RawAnswer> =>
  sendRaw(slipway.url, method, path, {
    Authorization: `Bearer ${slipway.tenant.ownerToken}`,
    ...headers,
  });

describe('a path without a route', () => {
  test.each([
    '/nope/',
    '/api/0/nope/',
    '/api/0/organizations/acme/releases/a/b/',
    '/api/0/projects/acme//releases/',
    '/api/0//organizations/',
    '/api/0/organizations/acme/releases/1.0/commits/x/',
  ])('%s is a 404 without a body, whatever the method and the token', async (path) => {
    for (const method of ['GET', 'POST', 'PUT', 'DELETE', 'PATCH']) {
      const answer = await sendRaw(slipway.url, method, path);
      expect(answer, method).toMatchObject({ status: 404, text: '' });
      expect(answer.headers['x-request-id']).toBeDefined();
    }
  });

  test('without its slash says so and never redirects', async () => {
    const path = '/api/0/organizations/acme/releases';
    const plain = await send('GET', path);
    expect(plain.status).toBe(404);
    expect(plain.headers['content-type']).toBe('text/plain');
    const [hint, blank, suggestion, caret] = plain.text.split('\n');
    expect(hint).toBe('Route not found, did you forget a trailing slash?');
    expect(blank).toBe('');
    expect(suggestion).toBe(`try: ${path}/`);
    expect(caret!.indexOf('^')).toBe(suggestion!.length - 1);
    const json = await send('POST', path, { 'Content-Type': 'application/json; charset=utf-8' });
    expect(json.status).toBe(404);
    expect(json.headers['content-type']).toBe('application/json');
    expect(JSON.parse(json.text)).toEqual({
      info: `Route not found, did you forget a trailing slash? try: ${path}/`,
    });
  });
});

test.each(['/api/slipway/v1/nope', '/api/slipway/v1/operations/', '/api/slipway/'])(
  '%s, of which Slipway has no route, is a 404 in JSON that suggests no slash',
  async (path) => {
    for (const method of ['GET', 'POST', 'DELETE']) {
      const answer = await send(method, path, { 'Content-Type': 'application/json' });
      expect(answer.status, method).toBe(404);
      expect(answer.headers['content-type']).toBe('application/json');
      expect(JSON.parse(answer.text)).toEqual({ detail: 'The requested resource does not exist' });
    }
  },
);

describe('a method that a path does not have', () => {
  test.each([
    ['PATCH', releasesPath, 'GET, HEAD, POST'],
    ['DELETE', releasesPath, 'GET, HEAD, POST'],
    ['POST', `${releasesPath}1.0/`, 'GET, HEAD, PUT, DELETE'],
    ['OPTIONS', '/api/0/organizations/', 'GET, HEAD, POST'],
    ['TRACE', '/healthz', 'GET, HEAD'],
  ])('%s %s is a 405 that names the others', async (method, path, allowed) => {
    const answer = await send(method, path);
    expect(answer.status).toBe(405);
    expect(JSON.parse(answer.text)).toEqual({ detail: `Method "${method}" not allowed.` });
    expect(answer.headers['allow']).toBe(allowed);
  });
});

describe('every answer', () => {
  test('carries a request id: the one that was sent, if it is a plain one', async () => {
    const own = await send('GET', '/healthz', { 'X-Request-Id': 'ci-4711:a.b_c-d' });
    expect(own.headers['x-request-id']).toBe('ci-4711:a.b_c-d');
    for (const id of ['', 'a b', 'x'.repeat(129), '<script>']) {
      const replaced = await send('GET', '/healthz', { 'X-Request-Id': id });
      expect(replaced.headers['x-request-id']).toMatch(/^[\da-f-]{36}$/);
    }
  });

  test('in JSON has exactly the content type that clients compare with, errors too, and is not compressed', async () => {
    for (const path of [
      '/healthz',
      releasesPath,
      `${releasesPath}nope/`,
      `${releasesPath}?sort=x`,
    ]) {
      const answer = await send('GET', path, { 'Accept-Encoding': 'gzip', Accept: 'text/html' });
      expect(answer.headers['content-type'], path).toBe('application/json');
      expect(answer.headers['content-encoding']).toBeUndefined();
      expect(() => JSON.parse(answer.text)).not.toThrow();
    }
  });

  test('to HEAD has the headers of GET and no body', async () => {
    const head = await send('HEAD', releasesPath);
    expect(head).toMatchObject({ status: 200, text: '' });
    expect(head.headers['content-type']).toBe('application/json');
    expect(head.headers['link']).toContain('rel="next"');
  });
});

describe('the version in a path', () => {
  test('is decoded exactly once, whatever its client escapes', async () => {
    const { pool, tenant } = slipway;
    const versions = ['a@b+c', 'rel 1 %25 é', '100%', "a'(b)[c];d:e,f=g&h", '..a', '-rc1', 'q?x#y'];
    await pool.query(
      'insert into release (organization_id, version) select $1, unnest($2::text[])',
      [tenant.organizationId, versions],
    );
    for (const version of versions) {
      const light = version.replaceAll(/[ "#<>+`?{}%]|[^\x20-\x7e]/g, (c) => encodeURIComponent(c));
      for (const segment of [light, encodeURIComponent(version)]) {
        const answer = await send('GET', `${releasesPath}${segment}/`);
        expect(answer.status, segment).toBe(200);
        expect(JSON.parse(answer.text).version).toBe(version);
      }
    }
  });

  test.each([
    '%2e%2e',
    '..',
    '.',
    '%2F',
    '%5C',
    '%00',
    '%ff',
    '%c3',
    '%ed%a0%80',
    '%',
    '%zz',
    'latest',
    '%20',
  ])('%s names nothing', async (segment) => {
    for (const rest of ['', 'commits/', 'deploys/', 'meta/']) {
      const answer = await send('GET', `${releasesPath}${segment}/${rest}`);
      expect(answer.status, rest).toBe(segment.includes('.') && rest === '' ? answer.status : 404);
      expect(answer.status).toBeLessThan(500);
    }
  });
});

describe('the documentation', () => {
  test('describes every route once', async () => {
    const answer = await send('GET', '/openapi.json');
    const document = JSON.parse(answer.text);
    expect(document.openapi).toBe('3.1.0');
    expect(document.paths['/api/0/organizations/{organization}/releases/'].post).toMatchObject({
      operationId: 'createRelease',
      requestBody: { content: { 'application/json': { schema: { type: 'object' } } } },
    });
    const home = await send('GET', '/');
    expect([home.status, home.headers['location']]).toEqual([302, '/docs']);
    const page = await send('GET', '/docs');
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(page.text).toContain('createRelease');
  });
});
