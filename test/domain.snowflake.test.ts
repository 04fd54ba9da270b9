import fc from 'fast-check';
import { expect, it, test } from 'vitest';
import { decodeSnowflake, encodeSnowflake, SNOWFLAKE_EPOCH_SECONDS } from '../domain/snowflake.ts';

const first = { version: 1, unixSeconds: SNOWFLAKE_EPOCH_SECONDS + 7, region: 0, sequence: 0 };

it('puts version, time, region and sequence side by side', () => {
  expect(encodeSnowflake(first)).toBe((16n << 48n) + (7n << 16n));
  expect(encodeSnowflake({ ...first, region: 3, sequence: 15 })).toBe(
    (16n << 48n) + (7n << 16n) + (3n << 4n) + 15n,
  );
});

it('starts at 2022-08-08', () => {
  expect(new Date(SNOWFLAKE_EPOCH_SECONDS * 1000).toISOString()).toBe('2022-08-08T00:00:00.000Z');
});

test.each([
  [{ version: 32 }, 'version'],
  [{ unixSeconds: SNOWFLAKE_EPOCH_SECONDS - 1 }, 'time'],
  [{ unixSeconds: SNOWFLAKE_EPOCH_SECONDS + 2 ** 32 }, 'time'],
  [{ region: 4096 }, 'region'],
  [{ region: -1 }, 'region'],
  [{ sequence: 16 }, 'sequence'],
  [{ sequence: 0.5 }, 'sequence'],
])('%j overflows and the error names %s', (segments, name) => {
  expect(() => encodeSnowflake({ ...first, ...segments })).toThrow(new RegExp(`segment ${name} `));
});

test.each([2n ** 53n, -1n])('%d is no snowflake', (id) => {
  expect(() => decodeSnowflake(id)).toThrow(RangeError);
});

it('decodes what it encodes, within 53 bits, and grows with time', () => {
  const segments = fc.record({
    version: fc.nat(31),
    unixSeconds: fc
      .integer({ min: 0, max: 2 ** 32 - 2 })
      .map((time) => time + SNOWFLAKE_EPOCH_SECONDS),
    region: fc.nat(4095),
    sequence: fc.nat(15),
  });
  fc.assert(
    fc.property(segments, (snowflake) => {
      const id = encodeSnowflake(snowflake);
      expect(decodeSnowflake(id)).toEqual(snowflake);
      expect(Number.isSafeInteger(Number(id))).toBe(true);
      expect(
        encodeSnowflake({ ...snowflake, unixSeconds: snowflake.unixSeconds + 1 }),
      ).toBeGreaterThan(id);
    }),
  );
});
