import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { formatDateTime, parseDateTime } from '../domain/dateTime.ts';

describe('parseDateTime', () => {
  test.each([
    ['1000-10-10T06:06', '1000-10-10T06:06:00.000000Z'],
    ['2026-01-02T03:25:00', '2026-01-02T03:25:00.000000Z'],
    ['2026-01-02T03:25:00Z', '2026-01-02T03:25:00.000000Z'],
    ['2026-01-02t03:25:00z', '2026-01-02T03:25:00.000000Z'],
    ['2026-01-02 03:25:00 +0530', '2026-01-01T21:55:00.000000Z'],
    ['2026-01-02T03:25:00+05:30', '2026-01-01T21:55:00.000000Z'],
    ['2026-01-02T03:25:00+0000', '2026-01-02T03:25:00.000000Z'],
    ['2026-01-02T03:25:00-02', '2026-01-02T05:25:00.000000Z'],
    ['2026-11-20T21:31:55.176184715Z', '2026-11-20T21:31:55.176184Z'],
    ['2026-11-20T21:31:55.9999999Z', '2026-11-20T21:31:55.999999Z'],
    ['2026-11-20T21:31:55.5', '2026-11-20T21:31:55.500000Z'],
    ['2024-02-29T00:00', '2024-02-29T00:00:00.000000Z'],
    ['0001-01-01T00:00Z', '0001-01-01T00:00:00.000000Z'],
    ['0050-06-01T00:00Z', '0050-06-01T00:00:00.000000Z'],
    ['42', '1970-01-01T00:00:42.000000Z'],
    ['1770000000.1234567', '2026-02-02T02:40:00.123456Z'],
    ['-1.25', '1969-12-31T23:59:58.750000Z'],
    ['-1', '1969-12-31T23:59:59.000000Z'],
    ['0.', '1970-01-01T00:00:00.000000Z'],
  ])('reads %j', (text, expected) => expect(parseDateTime(text)).toBe(expected));

  test.each([
    '',
    'now',
    '2026-01-02',
    '2026-13-01T00:00',
    '2026-00-01T00:00',
    '2026-02-30T00:00',
    '2025-02-29T00:00',
    '2026-01-00T00:00',
    '2026-01-01T24:00',
    '2026-01-01T00:60',
    '2026-01-01T00:00:60',
    '0000-01-01T00:00',
    '0001-01-01T00:00+01:00',
    '9999-12-31T23:59-01:00',
    '10000-01-01T00:00',
    '2026-01-01T00:00+24:00',
    '2026-01-01T00:00+00:60',
    '2026-01-01T00:00.5',
    '2026-01-01T00:00:00.Z',
    '2026-01-01T00:00:00Zx',
    ' 2026-01-01T00:00',
    '253402300800',
    '9'.repeat(400),
    '1e5',
    '٤٢',
  ])('refuses %j', (text) => expect(parseDateTime(text)).toBeNull());

  it('agrees with Date on every instant and offset, to the microsecond', () => {
    const instant = fc.date({
      min: new Date('0002-01-01'),
      max: new Date('9998-12-31'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(
        instant,
        fc.integer({ min: -1439, max: 1439 }),
        fc.nat(999),
        (date, offset, micros) => {
          const local = new Date(date.getTime() + offset * 60_000).toISOString().slice(0, -1);
          const [hours, minutes] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60];
          const pad = (n: number, width = 2): string => String(n).padStart(width, '0');
          const zone = `${offset < 0 ? '-' : '+'}${pad(hours)}:${pad(minutes)}`;
          expect(parseDateTime(`${local}${pad(micros, 3)}${zone}`)).toBe(
            `${date.toISOString().slice(0, -1)}${pad(micros, 3)}Z`,
          );
        },
      ),
    );
  });

  it('reads what it writes', () => {
    fc.assert(
      fc.property(fc.integer({ min: -62_135_596_800, max: 253_402_300_799 }), (seconds) => {
        const text = parseDateTime(String(seconds));
        expect(text).not.toBeNull();
        expect(parseDateTime(text ?? '')).toBe(text);
      }),
    );
  });
});

describe('formatDateTime', () => {
  test.each([
    ['2026-02-03 10:14:58.12+00', '2026-02-03T10:14:58.120000Z'],
    ['2026-02-03 10:14:58+00', '2026-02-03T10:14:58.000000Z'],
    ['2026-02-03 09:40:01.000457+00', '2026-02-03T09:40:01.000457Z'],
  ])('writes %j with six fractional digits', (text, expected) => {
    expect(formatDateTime(text)).toBe(expected);
  });

  test.each(['infinity', '2026-02-03 10:14:58+01', '2026-02-03'])(
    'refuses %j, which a UTC session never sends',
    (text) => {
      expect(() => formatDateTime(text)).toThrow(RangeError);
    },
  );
});
