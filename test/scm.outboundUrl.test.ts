import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { ReplyTooLargeError, sendOutbound } from '../infra/outboundHttp.ts';
import {
  assertSafeUrl,
  GIT_SCHEMES,
  isSafeAddress,
  maskUrl,
  pinnedLookup,
  UnsafeUrlError,
} from '../infra/outboundUrl.ts';

const strict = { allowPrivate: false, allowFile: false };
const lenient = { allowPrivate: true, allowFile: true };

/** Names resolve from this table alone. */
const names: Record<string, string[]> = {
  'public.example': ['93.184.216.34', '2606:4700::1111'],
  'private.example': ['10.1.2.3'],
  'mixed.example': ['93.184.216.34', '127.0.0.1'],
  'rebound6.example': ['::ffff:169.254.169.254'],
};
const resolve = (host: string) =>
  Promise.resolve(
    (names[host] ?? []).map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
  );
const check = (url: string, policy = strict) =>
  assertSafeUrl(url, policy, { schemes: GIT_SCHEMES, resolve });

describe('addresses', () => {
  test.each([
    ['8.8.8.8', true, true],
    ['2606:4700::1111', true, true],
    ['127.0.0.1', false, true],
    ['127.255.255.254', false, true],
    ['10.0.0.1', false, true],
    ['172.16.0.1', false, true],
    ['172.32.0.1', true, true],
    ['192.168.1.1', false, true],
    ['100.64.0.1', false, true],
    ['198.18.0.1', false, true],
    ['203.0.113.9', false, true],
    ['::1', false, true],
    ['fd12::1', false, true],
    ['::ffff:127.0.0.1', false, true],
    ['::ffff:7f00:1', false, true],
    ['::127.0.0.1', false, true],
    ['64:ff9b::a00:1', false, true],
    ['2002:a00:1::', false, true],
    ['2001:db8::1', false, true],
    ['0.0.0.0', false, false],
    ['169.254.169.254', false, false],
    ['::ffff:169.254.169.254', false, false],
    ['64:ff9b::a9fe:a9fe', false, false],
    ['100.100.100.200', false, false],
    ['fd00:ec2::254', false, false],
    ['fe80::1', false, false],
    ['fe80::1%eth0', false, false],
    ['224.0.0.1', false, false],
    ['255.255.255.255', false, false],
    ['ff02::1', false, false],
    ['::', false, false],
    ['localhost', false, false],
  ])(
    '%s may be reached: %s, where private ones are allowed: %s',
    (address, isPublic, isAllowed) => {
      expect(isSafeAddress(address, { allowPrivate: false })).toBe(isPublic);
      expect(isSafeAddress(address, { allowPrivate: true })).toBe(isAllowed);
    },
  );
});

describe('URLs that are refused', () => {
  test.each([
    ['ext::sh', 'remote helpers are not allowed'],
    ['fd::17', 'remote helpers are not allowed'],
    ['ext::sh -c touch% /tmp/x', 'spaces, backslashes or control characters'],
    ['file:///etc', 'files of this machine are not allowed'],
    ['/etc', 'files of this machine are not allowed'],
    ['ftp://public.example/x', 'the scheme ftp: is not supported'],
    ['javascript://public.example/x', 'the scheme javascript: is not supported'],
    ['ssh://-oProxyCommand=id/x', 'the host is malformed'],
    ['ssh://-oProxyCommand=id@public.example/x', 'the user name is malformed'],
    ['ssh://%2doProxyCommand=id@public.example/x', 'the user name is malformed'],
    ['-oProxyCommand=id:x', 'the host is malformed'],
    ['-u@public.example:x', 'the user name is malformed'],
    ['git@public.example:-x', 'the URL cannot be read'],
    ['--upload-pack=id', 'the URL cannot be read'],
    ['', 'the URL cannot be read'],
    ['http://public.example/\nx', 'spaces, backslashes or control characters'],
    ['git://public.example/%0ahost=x', 'spaces, backslashes or control characters'],
    ['http://public.example\\@127.0.0.1/', 'spaces, backslashes or control characters'],
    ['http://public.example:99999/', 'the URL cannot be read'],
    ['https://a:%zz@public.example/', 'the credentials in the URL are malformed'],
    [`http://public.example/${'a'.repeat(2_048)}`, 'the URL is too long'],
    ['http://127.0.0.1/', 'not a public address'],
    ['http://127.1/', 'not a public address'],
    ['http://2130706433/', 'not a public address'],
    ['http://0x7f000001/', 'not a public address'],
    ['http://017700000001/', 'not a public address'],
    ['http://①②⑦.0.0.1/', 'not a public address'],
    ['http://[::1]/', 'not a public address'],
    ['http://[::ffff:10.0.0.1]/', 'not a public address'],
    ['ssh://10.0.0.1/x', 'not a public address'],
    ['git@10.0.0.1:x', 'not a public address'],
    ['git@[::1]:x', 'not a public address'],
    ['https://private.example/', 'not a public address'],
    ['https://mixed.example/', 'not a public address'],
    ['https://rebound6.example/', 'not a public address'],
    ['git://private.example/x', 'not a public address'],
    ['https://unknown.example/', 'not a public address'],
  ])('%j: %s', async (url, reason) => {
    const refusal = await check(url).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(UnsafeUrlError);
    expect((refusal as Error).message).toContain(reason);
  });

  it('takes only http and https unless more is asked for', async () => {
    await expect(assertSafeUrl('ssh://public.example/x', lenient, { resolve })).rejects.toThrow(
      'the scheme ssh: is not supported',
    );
  });

  it('resolves odd spellings the way that programs do', async () => {
    for (const url of [
      'ssh://127.1/x',
      'ssh://2130706433/x',
      'git@0x7f.1:x',
      'ssh://localhost/x',
    ]) {
      await expect(assertSafeUrl(url, strict, { schemes: GIT_SCHEMES })).rejects.toThrow(
        'is not a public address',
      );
    }
  });

  it('never shows credentials in the refusal', async () => {
    const refusal = await check('https://user:hunter2@private.example/x').catch(String);
    expect(refusal).not.toContain('hunter2');
  });
});

describe('URLs that are taken', () => {
  test.each([
    ['https://public.example/a/b.git', 'https://public.example/a/b.git', 443, null],
    ['HTTPS://PUBLIC.example:8443/x?y=1#z', 'https://public.example:8443/x?y=1', 8443, null],
    [
      'https://u:p%40ss@public.example/',
      'https://public.example/',
      443,
      { username: 'u', password: 'p@ss' },
    ],
    [
      'ssh://git@public.example/x',
      'ssh://git@public.example/x',
      22,
      { username: 'git', password: '' },
    ],
    ['git@public.example:a/b', 'git@public.example:a/b', 22, { username: 'git', password: '' }],
    ['git://public.example/x', 'git://public.example/x', 9418, null],
    ['file:///srv/x.git', 'file:///srv/x.git', null, null],
    ['/srv/x.git', 'file:///srv/x.git', null, null],
  ])('%s', async (text, url, port, credentials) => {
    const target = await check(text, lenient);
    expect(target).toMatchObject({ url, port, credentials });
    expect(target.addresses.map(({ address }) => address)).toEqual(
      target.scheme === 'file:' ? [] : names['public.example'],
    );
  });

  it('pins the addresses that were checked, so that a name that changes cannot redirect the connection', async () => {
    const lookup = pinnedLookup(await check('https://public.example/'));
    const answers: unknown[] = [];
    lookup('public.example', {}, (...answer) => answers.push(answer));
    lookup('public.example', { all: true }, (...answer) => answers.push(answer));
    expect(answers).toEqual([
      [null, '93.184.216.34', 4],
      [null, await resolve('public.example')],
    ]);
  });
});

test.each([
  ['https://user:secret@host.example/a?token=secret#secret', 'https://host.example/a'],
  ['https://secret@host.example/a', 'https://host.example/a'],
  ['user:secret@host.example:a', 'host.example:a'],
  ['git@host.example:a/b', 'git@host.example:a/b'],
])('masks the secrets of %s', (url, masked) => expect(maskUrl(url)).toBe(masked));

describe('sendOutbound', () => {
  let server: Server;
  let origin: string;
  const hits: string[] = [];
  const send = (path: string, more: object = {}) =>
    sendOutbound({
      url: origin + path,
      policy: lenient,
      timeoutMs: 2_000,
      replyBytesMax: 1_000,
      ...more,
    });

  beforeAll(async () => {
    server = createServer((request, response) => {
      hits.push(request.url ?? '');
      const [, kind, location = ''] = /^\/(\w+)(?:\?(.*))?$/.exec(request.url ?? '') ?? [];
      if (kind === 'hang') return;
      if (kind === 'redirect') response.writeHead(302, { location: decodeURIComponent(location) });
      response.end(kind === 'long' ? 'x'.repeat(1_001) : kind);
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  it('answers status, headers and body, connecting by name too', async () => {
    const reply = await send('/fine');
    expect([reply.status, reply.body.toString()]).toEqual([200, 'fine']);
    const byName = await send('', { url: `${origin.replace('127.0.0.1', 'localhost')}/fine` });
    expect(byName.body.toString()).toBe('fine');
  });

  it('does not connect where the rules forbid it', async () => {
    hits.length = 0;
    await expect(send('/fine', { policy: strict })).rejects.toThrow(UnsafeUrlError);
    expect(hits).toEqual([]);
  });

  it('follows redirects within the origin, as often as asked, and no others', async () => {
    const inside = `/redirect?${encodeURIComponent('/fine')}`;
    expect((await send(inside)).status).toBe(302);
    expect((await send(inside, { redirectsMax: 1 })).body.toString()).toBe('fine');
    const twice = `/redirect?${encodeURIComponent(inside)}`;
    expect((await send(twice, { redirectsMax: 1 })).status).toBe(302);
    const outside = `/redirect?${encodeURIComponent('http://169.254.169.254/fine')}`;
    expect((await send(outside, { redirectsMax: 5 })).status).toBe(302);
  });

  it('gives up on a reply that is too long', async () => {
    await expect(send('/long')).rejects.toThrow(ReplyTooLargeError);
  });

  it('gives up after its time, or when the caller does', async () => {
    await expect(send('/hang', { timeoutMs: 30 })).rejects.toMatchObject({ name: 'TimeoutError' });
    const signal = AbortSignal.abort(new Error('no longer wanted'));
    await expect(send('/hang', { signal })).rejects.toThrow('no longer wanted');
  });
});
