import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { normalizeEvent } from '../domain/ingest/normalizeEvent.ts';

/** Which events are one issue, and what people see of them. */
const now = new Date('2026-03-01T12:00:00.000Z');
const normalize = (raw: object) =>
  normalizeEvent(raw as Record<string, unknown>, 'e'.repeat(32), now);
const grouping = (raw: object): string => JSON.stringify(normalize(raw).grouping);

const frame = (name: string, inApp?: boolean, filename = 'app.ts') => ({
  filename,
  function: name,
  ...(inApp === undefined ? {} : { in_app: inApp }),
});
const thrown = (type: string, value: string, ...frames: object[]) => ({
  exception: {
    values: [{ type, value, ...(frames.length === 0 ? {} : { stacktrace: { frames } }) }],
  },
});

describe('the same issue', () => {
  test.each<[string, object, object]>([
    [
      'exceptions with another message',
      thrown('E', 'a', frame('f', true)),
      thrown('E', 'b', frame('f', true)),
    ],
    [
      'another library frame below',
      thrown('E', 'a', frame('f', true), frame('lib', false)),
      thrown('E', 'a', frame('f', true), frame('other', false)),
    ],
    [
      'another way in',
      thrown('E', '', frame('x', true), frame('f', true)),
      thrown('E', '', frame('y', true), frame('f', true)),
    ],
    [
      'other numbers without a stack',
      thrown('E', 'order 17 at 0xff'),
      thrown('E', 'order 3 at 0x1'),
    ],
    [
      'messages with other parameters',
      { logentry: { message: 'no %s', formatted: 'no a' } },
      { logentry: { message: 'no %s', formatted: 'no b' } },
    ],
    ['message as text or as object', { message: 'm' }, { logentry: { message: 'm' } }],
    [
      'the default fingerprint',
      thrown('E', '', frame('f')),
      { ...thrown('E', '', frame('f')), fingerprint: ['{{ default }}'] },
    ],
    [
      'an explicit fingerprint',
      { message: 'a', fingerprint: ['x', 1] },
      { message: 'b', fingerprint: ['x', '1'] },
    ],
    ['exception as list', { exception: [{ type: 'E', value: 'v' }] }, thrown('E', 'v')],
    ['exception as object', { exception: { type: 'E', value: 'v' } }, thrown('E', 'v')],
    [
      'the last of a chain counts',
      { exception: { values: [{ type: 'Cause' }, { type: 'E', value: '' }] } },
      { exception: { values: [{ type: 'Other' }, { type: 'E', value: '' }] } },
    ],
  ])('%s', (_, one, other) => {
    expect(grouping(one)).toBe(grouping(other));
  });
});

describe('different issues', () => {
  test.each<[string, object, object]>([
    ['another type', thrown('E', '', frame('f')), thrown('F', '', frame('f'))],
    ['another function', thrown('E', '', frame('f')), thrown('E', '', frame('g'))],
    [
      'another file',
      thrown('E', '', frame('f', true, 'a.ts')),
      thrown('E', '', frame('f', true, 'b.ts')),
    ],
    ['another message', { message: 'a' }, { message: 'b' }],
    [
      'another fingerprint',
      { message: 'a', fingerprint: ['x'] },
      { message: 'a', fingerprint: ['y'] },
    ],
    [
      'a fingerprint that says more',
      thrown('E', '', frame('f')),
      { ...thrown('E', '', frame('f')), fingerprint: ['{{default}}', 'tenant'] },
    ],
    ['parts that only look alike together', { fingerprint: ['a', 'b'] }, { fingerprint: ['a,b'] }],
    ['a message and an exception of one text', { message: 'E' }, thrown('E', '')],
  ])('%s', (_, one, other) => {
    expect(grouping(one)).not.toBe(grouping(other));
  });
});

describe('what people see', () => {
  test.each<[object, string, string]>([
    [
      thrown('TypeError', 'x is\nundefined', frame('pay', true, 'src/pay.ts')),
      'TypeError: x is',
      'src/pay.ts in pay',
    ],
    [thrown('', 'only a value'), 'only a value', ''],
    [{ message: 'two\nlines', transaction: '/checkout' }, 'two', '/checkout'],
    [{ logentry: { message: 'hi %s', formatted: 'hi you' }, culprit: 'mine' }, 'hi you', 'mine'],
    [{}, '<unlabeled event>', ''],
    [{ message: 'x'.repeat(300) }, `${'x'.repeat(254)}…`, ''],
  ])('%j', (raw, title, culprit) => {
    expect(normalize(raw)).toMatchObject({ title, culprit });
  });

  test.each([
    ['warning', 'warning'],
    ['WARN', 'warning'],
    [40, 'error'],
    ['critical', 'fatal'],
    ['nonsense', 'error'],
    [null, 'error'],
    [undefined, 'error'],
  ])('level %j is %s', (level, expected) => {
    expect(normalize({ level }).level).toBe(expected);
  });

  test.each([
    [now.getTime() / 1000 - 1.5, '2026-03-01T11:59:58.500000Z'],
    ['2026-03-01T10:00:00.123456789Z', '2026-03-01T10:00:00.123456Z'],
    ['2026-03-01T12:00:30+00:00', '2026-03-01T12:00:30.000000Z'],
    ['2026-03-01T12:05:00Z', '2026-03-01T12:00:00.000000Z'],
    ['2025-12-01T12:05:00Z', '2026-03-01T12:00:00.000000Z'],
    ['soon', '2026-03-01T12:00:00.000000Z'],
    [undefined, '2026-03-01T12:00:00.000000Z'],
  ])('the time %j is %s', (timestamp, expected) => {
    expect(normalize({ timestamp }).timestamp).toBe(expected);
  });
});

test('of a stack that is too long both ends stay', () => {
  const frames = Array.from({ length: 1_000 }, (_, i) => frame(`f${i}`));
  const { data } = normalize(thrown('E', '', ...frames));
  const kept = (data as any).exception.values[0].stacktrace.frames;
  expect(kept).toHaveLength(250);
  expect([kept[0].function, kept.at(-1).function]).toEqual(['f0', 'f999']);
});

test('any JSON object becomes an event that can be stored', () => {
  fc.assert(
    fc.property(
      fc.dictionary(
        fc.constantFrom(
          'exception',
          'message',
          'logentry',
          'level',
          'release',
          'environment',
          'tags',
          'fingerprint',
          'timestamp',
          'platform',
          'x',
        ),
        fc.jsonValue({ maxDepth: 6, noUnicodeString: false } as any),
      ),
      (raw) => {
        const event = normalize(raw);
        const text = JSON.stringify(event);
        expect(text.isWellFormed()).toBe(true);
        expect(text).not.toContain('\\u0000');
        expect(event.timestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
        expect(event.grouping.every((part) => typeof part === 'string')).toBe(true);
      },
    ),
  );
});
