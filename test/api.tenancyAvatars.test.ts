// Avatars over HTTP: pictures are decoded and encoded anew; what is no picture, or more than one, is refused.
import { createHash } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { beforeAll, describe, expect, it, test } from 'vitest';
import { useSlipway } from './support/slipway.ts';
import { withClosedMembership } from './support/teamMate.ts';
import { createTenant, TEST_PUBLIC_URL, type Tenant } from './support/tenant.ts';

const slipway = useSlipway({ worker: false });
const acme = '/api/0/organizations/acme/';
const mine = '/api/0/users/me/avatar/';

const picture = (width: number, height = width, format: 'png' | 'jpeg' | 'gif' = 'png') =>
  sharp({ create: { width, height, channels: 3, background: 'teal' } })
    .toFormat(format)
    .toBuffer();

const put = (photo: Uint8Array | string, type?: string) =>
  slipway.call('PUT', acme, {
    body: {
      avatar: typeof photo === 'string' ? photo : Buffer.from(photo).toString('base64'),
      ...(type === undefined ? {} : { avatarType: type }),
    },
  });

const download = async (url: string): Promise<Response> =>
  fetch(url.replace(TEST_PUBLIC_URL, slipway.url));

const bytesOf = async (response: Response): Promise<Buffer> =>
  Buffer.from(await response.arrayBuffer());

/** A PNG that claims to be large, in a file that is small. */
function bomb(side: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.alloc(1_000_000))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}

/** An empty ZIP: programs look for it from the end of a file. */
function archive(): Buffer {
  return Buffer.concat([Buffer.from('PK\x05\x06'), Buffer.alloc(18)]);
}

function crc32(bytes: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}

describe('the picture of an organization', () => {
  test.each(['png', 'jpeg', 'gif'] as const)(
    'may be a %s, and is served as PNG',
    async (format) => {
      const { status, body } = await put(await picture(256, 256, format));
      expect(status).toBe(200);
      expect(body.avatar).toEqual({
        avatarType: 'upload',
        avatarUuid: expect.stringMatching(/^[0-9a-f]{32}$/),
        avatarUrl: `${TEST_PUBLIC_URL}/organization-avatar/${body.avatar.avatarUuid}/`,
      });
      const response = await download(body.avatar.avatarUrl);
      expect(response.status).toBe(200);
      expect(Object.fromEntries(response.headers)).toMatchObject({
        'content-type': 'image/png',
        'cache-control': 'max-age=315360000',
        'x-content-type-options': 'nosniff',
      });
      expect(await sharp(await bytesOf(response)).metadata()).toMatchObject({
        format: 'png',
        width: 256,
      });
    },
  );

  test.each([
    ['?s=', 1024],
    ['?s=1', 20],
    ['?s=-5', 20],
    ['?s=50', 48],
    ['?s=64', 64],
    ['?s=5000', 120],
  ])('with %s is %i pixels wide', async (query, side) => {
    const { avatarUrl } = (await put(await picture(1024))).body.avatar;
    const bytes = await bytesOf(await download(`${avatarUrl}${query}`));
    expect((await sharp(bytes).metadata()).width).toBe(side);
  });

  it('is not sent again to who has it', async () => {
    const { avatarUrl } = (await put(await picture(256))).body.avatar;
    const address = `${avatarUrl.replace(TEST_PUBLIC_URL, slipway.url)}?s=48`;
    const first = await fetch(address);
    const etag = first.headers.get('etag')!;
    expect(etag).toMatch(/^"[0-9a-f]{32}-48"$/);
    for (const known of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const again = await fetch(address, { headers: { 'If-None-Match': known } });
      expect([again.status, await again.text()]).toEqual([304, '']);
      expect(again.headers.get('cache-control')).toBe('max-age=315360000');
    }
    const other = await fetch(address, { headers: { 'If-None-Match': '"other"' } });
    expect(other.status).toBe(200);
  });

  it('has another address with every upload, and the old one ends', async () => {
    const first = (await put(await picture(256))).body.avatar;
    const second = (await put(await picture(300))).body.avatar;
    expect(second.avatarUuid).not.toBe(first.avatarUuid);
    expect((await download(first.avatarUrl)).status).toBe(404);
    const small = await bytesOf(await download(`${second.avatarUrl}?s=20`));
    expect(small.length).toBeGreaterThan(0);
  });

  it('stays for those who go to letters and back', async () => {
    const { avatarUuid } = (await put(await picture(256))).body.avatar;
    const letters = await slipway.call('PUT', acme, { body: { avatarType: 'letter_avatar' } });
    expect(letters.body.avatar.avatarType).toBe('letter_avatar');
    const back = await slipway.call('PUT', acme, { body: { avatarType: 'upload' } });
    expect(back.body.avatar).toMatchObject({ avatarType: 'upload', avatarUuid });
  });

  it('is also set under the older path', async () => {
    const photo = (await picture(256)).toString('base64');
    const set = await slipway.call('PUT', `${acme}avatar/`, {
      body: { avatar_photo: photo, avatar_type: 'upload' },
    });
    expect(set).toMatchObject({ status: 200, body: { avatar: { avatarType: 'upload' } } });
    expect((await slipway.call('GET', `${acme}avatar/`)).body.avatar).toEqual(set.body.avatar);
    expect((await slipway.call('PUT', `${acme}avatar/`, { body: {} })).status).toBe(400);
  });

  it.each(['/organization-avatar/nope/', `/organization-avatar/${'0'.repeat(32)}/`])(
    'that nobody has is an empty 404: %s',
    async (path) => {
      const answer = await slipway.call('GET', path, { token: null });
      expect([answer.status, answer.text]).toEqual([404, '']);
    },
  );

  it('in a size that is no number is an empty 400', async () => {
    const answer = await slipway.call('GET', '/organization-avatar/x/?s=big', { token: null });
    expect([answer.status, answer.text]).toEqual([400, '']);
  });
});

describe('what is no picture for an avatar', () => {
  const field = (message: string) => ({
    status: 400,
    body: { avatar: [expect.stringContaining(message)] },
  });

  test.each([
    ['300 by 200', () => picture(300, 200), 'square'],
    ['255 pixels', () => picture(255), '256 to 1024'],
    ['1025 pixels', () => picture(1025), '256 to 1024'],
    ['a bomb of 50,000 pixels a side', () => Promise.resolve(bomb(50_000)), ''],
    [
      'a picture that ends early',
      async () => (await picture(256)).subarray(0, 80),
      'cannot be read',
    ],
    ['text', () => Promise.resolve(Buffer.from('hello')), 'format'],
    ['an empty file', () => Promise.resolve(Buffer.from(' ')), 'format'],
    [
      'an SVG with a script',
      () =>
        Promise.resolve(
          Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>'),
        ),
      'format',
    ],
    ['a GIF that is a script', () => Promise.resolve(Buffer.from('GIF89a/*\0*/=1;alert(1)')), ''],
    [
      'a WebP',
      () =>
        sharp({ create: { width: 256, height: 256, channels: 3, background: 'red' } })
          .webp()
          .toBuffer(),
      'format',
    ],
  ])('is refused: %s', async (_, make, message) => {
    expect(await put(await make())).toMatchObject(field(message));
  });

  test.each(['not base64 at all!', '%%%%', '===='])('is refused: %s', async (text) => {
    expect(await put(text)).toMatchObject(field('not base64'));
  });

  it('is too large from 5,000,001 bytes on', async () => {
    const large = Buffer.concat([await picture(256), Buffer.alloc(5_000_000)]);
    expect(await put(large)).toMatchObject({ status: 413 });
  });

  const script = '<script>alert(1)</script>';
  const red = () => sharp({ create: { width: 256, height: 256, channels: 3, background: 'red' } });

  test.each([
    ['a PNG with a page behind it', async () => [await picture(256), Buffer.from(script)]],
    ['a JPEG with an archive behind it', async () => [await picture(256, 256, 'jpeg'), archive()]],
    [
      'a GIF with a script behind it',
      async () => [await picture(256, 256, 'gif'), Buffer.from(';alert(1)')],
    ],
    [
      'a JPEG with a page in its metadata',
      async () => [
        await red()
          .withExif({ IFD0: { Copyright: script } })
          .jpeg()
          .toBuffer(),
      ],
    ],
    [
      'a PNG with a document in a chunk of its own',
      async () => {
        const bytes = await picture(256);
        const text = Buffer.from('Comment\0%PDF-1.7 obj');
        return [bytes.subarray(0, 33), chunk('tEXt', text), bytes.subarray(33)];
      },
    ],
  ])('is refused, being more than a picture: %s', async (_, make) => {
    expect(await put(Buffer.concat(await make()))).toMatchObject(field('more than an image'));
  });

  it('leaves nothing of the metadata behind', async () => {
    const secret = 'taken at home, 52.5200 N 13.4050 E';
    const tagged = await red()
      .withExif({ IFD0: { Copyright: secret } })
      .jpeg()
      .toBuffer();
    expect(tagged.includes(secret)).toBe(true);
    const { avatarUrl } = (await put(tagged)).body.avatar;
    for (const query of ['', '?s=20']) {
      expect((await bytesOf(await download(`${avatarUrl}${query}`))).includes(secret)).toBe(false);
    }
  });

  test.each([
    [{ avatarType: 'gravatar' }, { avatarType: ['"gravatar" is not a valid choice.'] }],
    [{ avatarType: 'hologram' }, { avatarType: ['"hologram" is not a valid choice.'] }],
  ])('%j is refused', async (body, errors) => {
    expect(await slipway.call('PUT', acme, { body })).toMatchObject({ status: 400, body: errors });
  });

  it('does not stand for an organization that never had a picture', async () => {
    await slipway.call('POST', '/api/0/organizations/', { body: { name: 'Plain' } });
    const answer = await slipway.call('PUT', '/api/0/organizations/plain/', {
      body: { avatarType: 'upload', storeCrashReports: 3 },
    });
    expect(answer).toMatchObject({ status: 400, body: { avatarType: [expect.any(String)] } });
    const after = await slipway.call('GET', '/api/0/organizations/plain/');
    expect(after.body).toMatchObject({
      storeCrashReports: 0,
      avatar: { avatarType: 'letter_avatar', avatarUuid: null, avatarUrl: null },
    });
  });
});

describe('the avatar of a user', () => {
  let photo: string;
  beforeAll(async () => {
    photo = (await picture(256)).toString('base64');
  });

  it('is letters, a picture or the one at Gravatar', async () => {
    expect((await slipway.call('GET', mine)).body.avatar.avatarType).toBe('letter_avatar');
    const gravatar = await slipway.call('PUT', mine, { body: { avatar_type: 'gravatar' } });
    const hash = createHash('sha256').update(gravatar.body.email).digest('hex');
    expect(gravatar.body.avatar).toEqual({
      avatarType: 'gravatar',
      avatarUuid: null,
      avatarUrl: `https://gravatar.com/avatar/${hash}?d=identicon`,
    });
    expect(gravatar.body.avatarUrl).toBe(gravatar.body.avatar.avatarUrl);
    const uploaded = await slipway.call('PUT', mine, { body: { avatar_photo: photo } });
    expect(uploaded.body.avatar.avatarUrl).toContain('/avatar/');
    expect((await download(uploaded.body.avatar.avatarUrl)).status).toBe(200);
    expect((await slipway.call('GET', '/api/0/auth/')).body.avatarUrl).toBe(
      uploaded.body.avatar.avatarUrl,
    );
    const foreign = uploaded.body.avatar.avatarUrl.replace('/avatar/', '/organization-avatar/');
    expect((await download(foreign)).status).toBe(404);
  });

  it('is only their own to see and set', async () => {
    const other = await slipway.tenant.addMember('member');
    const path = `/api/0/users/${other}/avatar/`;
    expect((await slipway.call('GET', path)).status).toBe(404);
    expect((await slipway.call('PUT', path, { body: { avatar_photo: photo } })).status).toBe(404);
    const own = `/api/0/users/${slipway.tenant.ownerId}/avatar/`;
    expect((await slipway.call('GET', own)).status).toBe(200);
    const token = slipway.tenant.organizationToken;
    expect((await slipway.call('GET', mine, { token })).status).toBe(401);
  });
});

describe.each([
  { kind: 'team', path: '/api/0/teams/acme/crew/avatar/', write: 'team:write' },
  { kind: 'project', path: '/api/0/projects/acme/web/avatar/', write: 'project:write' },
] as const)('the avatar of a $kind', ({ kind, path, write }) => {
  const upload = async (options: Parameters<typeof slipway.call>[2] = {}) =>
    slipway.call('PUT', path, {
      ...options,
      body: { avatar_photo: (await picture(256)).toString('base64'), avatar_type: 'upload' },
    });

  let other: Tenant;
  beforeAll(async () => {
    other = await createTenant(slipway.pool, `other-${kind}`);
  });

  it('is letters at first, then a picture under an address of its kind', async () => {
    expect((await slipway.call('GET', path)).body.avatar.avatarType).toBe('letter_avatar');
    const { status, body } = await upload();
    expect(status).toBe(200);
    const { avatarUrl, avatarUuid } = body.avatar;
    expect(avatarUrl).toBe(`${TEST_PUBLIC_URL}/${kind}-avatar/${avatarUuid}/`);
    const response = await download(`${avatarUrl}?s=80`);
    expect(response.headers.get('cache-control')).toBe('max-age=315360000');
    expect((await sharp(await bytesOf(response)).metadata()).width).toBe(80);
    expect((await slipway.call('GET', path)).body).toMatchObject({ avatar: body.avatar });
    const elsewhere = avatarUrl.replace(`${kind}-avatar`, 'organization-avatar');
    expect((await download(elsewhere)).status).toBe(404);
  });

  test.each([
    [{}, { avatar_type: ['This field is required.'] }],
    [{ avatar_type: 'gravatar' }, { avatar_type: ['"gravatar" is not a valid choice.'] }],
    [{ avatar_photo: '<svg>' }, { avatar_photo: [expect.stringContaining('base64')] }],
  ])('is not set by %j', async (body, errors) => {
    expect(await slipway.call('PUT', path, { body })).toMatchObject({ status: 400, body: errors });
  });

  it('is set with the scope of its settings, by nobody else', async () => {
    const reader = await slipway.token([
      'org:read',
      'team:read',
      'project:read',
      'project:releases',
    ]);
    expect((await upload({ token: reader })).status).toBe(403);
    expect((await upload({ token: await slipway.token([write]) })).status).toBe(200);
    expect((await upload({ token: slipway.tenant.organizationToken })).status).toBe(403);
    expect((await upload({ token: other.ownerToken })).status).toBe(404);
    expect((await upload({ token: null })).status).toBe(401);
  });

  it('goes with what it stands for', async () => {
    const [table, { id }] =
      kind === 'team' ? ['team', { id: other.teamId }] : ['project', other.web];
    const theirs = path.replace('acme', `other-${kind}`);
    const set = await slipway.call('PUT', theirs, {
      token: other.ownerToken,
      body: { avatar_photo: (await picture(256)).toString('base64') },
    });
    const { avatarUrl } = set.body.avatar;
    expect((await download(avatarUrl)).status).toBe(200);
    await slipway.pool.query(`delete from ${table} where id = $1`, [id]);
    expect((await download(avatarUrl)).status).toBe(404);
  });
});

it('a project that others have in a closed organization has no avatar to set', async () => {
  const admin = await slipway.tenant.userToken(
    ['project:write'],
    await slipway.tenant.addMember('admin'),
  );
  await withClosedMembership(slipway, async () => {
    const path = '/api/0/projects/acme/web/avatar/';
    const body = { avatar_type: 'letter_avatar' };
    expect((await slipway.call('PUT', path, { token: admin, body })).status).toBe(404);
  });
});

it('avatars are shown wherever their owners are', async () => {
  const photo = (await picture(256)).toString('base64');
  const shown: string[] = [];
  for (const path of [
    `${acme}avatar/`,
    '/api/0/teams/acme/crew/avatar/',
    '/api/0/projects/acme/web/avatar/',
    mine,
  ]) {
    const set = await slipway.call('PUT', path, { body: { avatar_photo: photo } });
    shown.push(set.body.avatar.avatarUuid);
  }
  const [organization, team, project, user] = shown;
  const get = async (path: string): Promise<any> => (await slipway.call('GET', path)).body;
  const uuids = (objects: { avatar: { avatarUuid: string | null } }[]) =>
    objects.map(({ avatar }) => avatar.avatarUuid);

  expect(uuids([await get('/api/0/organizations/acme/?detailed=0')])).toEqual([organization]);
  expect(uuids(await get('/api/0/organizations/'))).toContain(organization);
  expect((await get('/api/0/projects/acme/web/')).organization.avatar.avatarUuid).toBe(
    organization,
  );
  expect(uuids(await get('/api/0/organizations/acme/projects/'))).toContain(project);
  expect(uuids((await get(acme)).projects)).toContain(project);
  expect(uuids((await get(acme)).teams)).toContain(team);
  expect(uuids(await get('/api/0/organizations/acme/teams/'))).toContain(team);
  const members = await get('/api/0/organizations/acme/members/');
  expect(uuids(members.map((member: any) => member.user))).toContain(user);
  const { rows } = await get('/api/0/organizations/acme/audit-logs/');
  expect(rows.every(({ actor }: any) => actor.avatar.avatarUuid === user)).toBe(true);
});
