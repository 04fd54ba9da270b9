import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { formatDsn } from '../domain/dsn.ts';
import {
  formatOrganizationToken,
  lastCharacters,
  parseOrganizationToken,
} from '../domain/tokens.ts';
import { generateOrganizationToken, generateUserToken, hashToken } from '../infra/tokens.ts';

const payload = { issuedAt: 1_700_000_000, url: 'http://127.0.0.1:9000', organization: 'acme' };

const encode = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64');

describe('organization tokens', () => {
  it('carry all four keys in padded base64 and a secret of 43 characters, which both majors of sentry-cli need', () => {
    for (const organization of ['a', 'ab', 'abc']) {
      const token = generateOrganizationToken({
        organization,
        url: 'http://127.0.0.1:9000',
        issuedAt: new Date(1_700_000_000_500),
      });
      const [prefix, encoded = '', secret = '', ...rest] = token.split('_');
      expect([prefix, rest]).toEqual(['sntrys', []]);
      expect(encoded.length % 4).toBe(0);
      expect(secret).toMatch(/^[A-Za-z0-9+/]{43}$/);
      expect(Buffer.from(secret, 'base64')).toHaveLength(32);
      expect(JSON.parse(Buffer.from(encoded, 'base64').toString())).toEqual({
        iat: 1_700_000_000,
        url: 'http://127.0.0.1:9000',
        region_url: 'http://127.0.0.1:9000',
        org: organization,
      });
    }
  });

  it('are read back as they were written, whatever the organization and the address are called', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1 }),
        fc.option(fc.string({ unit: 'grapheme' })),
        fc.string({ unit: 'grapheme' }),
        (issuedAt, url, organization) => {
          const written = { issuedAt, url, organization };
          expect(parseOrganizationToken(formatOrganizationToken(written, 'secret'))).toEqual(
            written,
          );
        },
      ),
    );
  });

  test.each([
    ['another prefix', `sntryu_${encode({ iat: 1 })}_x`],
    ['one underscore', `sntrys_${encode({ iat: 1 })}`],
    ['three underscores', `sntrys_${encode({ iat: 1 })}_x_y`],
    ['a payload that is no base64', 'sntrys_{}_x'],
    ['a payload that is no JSON', `sntrys_${encode('acme')}_x`],
    ['a payload that is no object', `sntrys_${encode([1])}_x`],
    ['no time of issue', `sntrys_${encode({ org: 'acme' })}_x`],
    ['a time of issue that is zero', `sntrys_${encode({ iat: 0, org: 'acme' })}_x`],
    ['nothing', ''],
  ])('are not recognised with %s', (_what, token) => {
    expect(parseOrganizationToken(token)).toBeNull();
  });

  it('never make the parser throw', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        parseOrganizationToken(text);
        parseOrganizationToken(`sntrys_${text}_x`);
        parseOrganizationToken(`sntrys_${encode(text)}_x`);
      }),
    );
  });

  it('are recognised without the keys that only clients need', () => {
    expect(parseOrganizationToken(`sntrys_${encode({ iat: 1.5 })}_x`)).toEqual({
      issuedAt: 1.5,
      url: null,
      organization: '',
    });
  });
});

describe('secrets', () => {
  it('of a user token are 64 hex digits, and no two tokens are alike', () => {
    const tokens = Array.from({ length: 20 }, generateUserToken);
    for (const token of tokens) expect(token).toMatch(/^sntryu_[0-9a-f]{64}$/);
    expect(new Set(tokens).size).toBe(20);
  });

  it('are kept as the SHA-256 of the whole plaintext', () => {
    expect(hashToken('abc').toString('hex')).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    );
    expect(hashToken(`x${formatOrganizationToken(payload, 'y')}`)).toHaveLength(32);
  });

  it('are told apart by their last four characters', () => {
    expect(lastCharacters('sntryu_0123456789abcdef')).toBe('cdef');
  });
});

test.each([
  ['http://127.0.0.1:9000', 'http://key@127.0.0.1:9000/7'],
  ['https://slipway.example', 'https://key@slipway.example/7'],
  ['http://[::1]:9000', 'http://key@[::1]:9000/7'],
])('the DSN at %s is %s', (publicUrl, dsn) => {
  expect(formatDsn(publicUrl, 'key', '7')).toBe(dsn);
});
