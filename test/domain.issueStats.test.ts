import { describe, expect, test } from 'vitest';
import { autoPeriod, namedPeriod } from '../domain/issues/statsPeriod.ts';

/** Over which steps the counts of issues are shown. */
const now = new Date('2026-05-20T10:20:30.500Z');
const at = (text: string): number => Date.parse(`${text}Z`) / 1_000;

test.each([
  ['24h', '2026-05-19T11:00', 3_600, 24],
  ['14d', '2026-05-07T00:00', 86_400, 14],
  ['30d', '2026-04-21T00:00', 86_400, 30],
] as const)('%s starts at %s; its last step is under way', (name, start, stepSeconds, length) => {
  expect(namedPeriod(name, now)).toEqual({ name, start: at(start), stepSeconds, length });
});

describe('auto', () => {
  test.each<[string, string | null, string | null, string, number, number]>([
    ['nothing: two weeks', null, null, '2026-05-07T00:00', 86_400, 14],
    ['a day', '2026-05-19T10:20:30.500Z', null, '2026-05-19T11:00', 3_600, 24],
    [
      'a range of two days',
      '2026-05-10T00:00:00Z',
      '2026-05-12T00:00:00Z',
      '2026-05-10T00:00',
      3_600,
      49,
    ],
    ['more than two days', '2026-05-17T10:00:00Z', null, '2026-05-18T00:00', 86_400, 3],
    ['a year', '2025-05-20T10:20:30Z', null, '2026-04-21T00:00', 86_400, 30],
    ['minutes', '2026-05-20T10:15:00Z', null, '2026-05-20T10:00', 3_600, 1],
    [
      'an end in the future',
      '2026-05-20T05:00:00Z',
      '2027-01-01T00:00:00Z',
      '2026-05-20T05:00',
      3_600,
      6,
    ],
  ])('of %s', (_, from, to, start, stepSeconds, length) => {
    const period = { name: 'auto', start: at(start), stepSeconds, length };
    expect(autoPeriod({ from, to }, now)).toEqual(period);
  });

  test('of a range that is still to come has one step', () => {
    const range = { from: '2027-01-01T00:00:00Z', to: '2027-02-01T00:00:00Z' };
    expect(autoPeriod(range, now)).toMatchObject({ stepSeconds: 3_600, length: 1 });
  });
});
