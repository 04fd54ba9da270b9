import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EnvelopeReader, type EnvelopePart } from '../domain/ingest/envelopeReader.ts';

/** Framing of envelopes (traces-health 4.2): the same parts however the bytes are cut into pieces, or one error. */
const encoder = new TextEncoder();
const decoder = new TextDecoder();

type Read = { header: unknown; items: [type: string, payload: string | null][] };

function read(pieces: readonly Uint8Array[]): Read {
  const reader = new EnvelopeReader((type) => type !== 'unwanted');
  const result: Read = { header: null, items: [] };
  const accept = (part: EnvelopePart): void => {
    if (part.kind === 'header') result.header = part.header;
    else
      result.items.push([
        part.header.type,
        part.kind === 'item' ? decoder.decode(part.payload) : null,
      ]);
  };
  for (const piece of pieces) for (const part of reader.push(piece)) accept(part);
  for (const part of reader.end()) accept(part);
  return result;
}

/** Whole, and byte by byte. */
function readBothWays(text: string): Read {
  const bytes = encoder.encode(text);
  const whole = read([bytes]);
  expect(read(Array.from(bytes, (byte) => Uint8Array.of(byte)))).toEqual(whole);
  return whole;
}

describe('well-formed', () => {
  test.each<[string, string, Read['items']]>([
    ['F1 headers only', '{}', []],
    ['headers only, with newlines', '{}\n\n', []],
    ['F2 no final newline', '{}\n{"type":"session"}\n{"a":1}', [['session', '{"a":1}']]],
    [
      'F3 a newline inside a payload with length',
      '{}\n{"type":"a","length":10}\n0123\n56789\n',
      [['a', '0123\n56789']],
    ],
    [
      'F4 empty items',
      '{}\n{"type":"a","length":0}\n\n{"type":"b","length":0}\n\n',
      [
        ['a', ''],
        ['b', ''],
      ],
    ],
    [
      'F4 without the last newline',
      '{}\n{"type":"a","length":0}\n\n{"type":"b","length":0}\n',
      [
        ['a', ''],
        ['b', ''],
      ],
    ],
    ['F4 that ends with its header', '{}\n{"type":"a","length":0}', [['a', '']]],
    [
      'empty without length',
      '{}\n{"type":"a"}\n\n{"type":"b"}',
      [
        ['a', ''],
        ['b', ''],
      ],
    ],
    [
      'F8 unknown types between',
      '{}\n{"type":"a"}\n1\n{"type":"?"}\n2\n{"type":"b"}\n3',
      [
        ['a', '1'],
        ['?', '2'],
        ['b', '3'],
      ],
    ],
    [
      'F9 a carriage return',
      '{}\n{"type":"a"}\n1\r\n{"type":"b"}\r\n2',
      [
        ['a', '1\r'],
        ['b', '2'],
      ],
    ],
    [
      'blank lines between items',
      '{}\n{"type":"a","length":1}\n1\n\n\r\n{"type":"b"}\n2\n\n',
      [
        ['a', '1'],
        ['b', '2'],
      ],
    ],
    [
      'payloads that nobody keeps',
      '{}\n{"type":"unwanted","length":3}\n123\n{"type":"unwanted"}\n45\n{"type":"a"}\n6',
      [
        ['unwanted', null],
        ['unwanted', null],
        ['a', '6'],
      ],
    ],
    ['null for length', '{}\n{"type":"a","length":null}\n1', [['a', '1']]],
    [
      'more attributes',
      '{"sdk":{"name":"x"}}\n{"type":"a","content_type":"x","filename":"y"}\n1',
      [['a', '1']],
    ],
  ])('%s', (_, text, items) => {
    expect(readBothWays(text).items).toEqual(items);
  });

  test.each([
    ['{}', { eventId: null, dsn: null }],
    ['{"event_id":null,"dsn":null}', { eventId: null, dsn: null }],
    [
      '{"event_id":"9EC79C33-EC99-42AB-8353-589FCB2E04DC","dsn":"http://k@h/1"}',
      { eventId: '9ec79c33ec9942ab8353589fcb2e04dc', dsn: 'http://k@h/1' },
    ],
  ])('headers %s', (text, header) => {
    expect(readBothWays(text).header).toEqual(header);
  });

  test('any payloads come out as they went in, however the bytes are cut', () => {
    const payload = fc.string({ unit: 'binary' });
    fc.assert(
      fc.property(fc.array(payload), fc.array(fc.nat(200)), (payloads, cuts) => {
        const text = payloads
          .map((one) => `{"type":"a","length":${encoder.encode(one).length}}\n${one}\n`)
          .join('');
        const bytes = encoder.encode(`{}\n${text}`);
        const ends = [...new Set(cuts)].sort((a, b) => a - b);
        const pieces = [...ends, bytes.length].map((end, i) =>
          bytes.subarray(ends[i - 1] ?? 0, end),
        );
        expect(read(pieces).items).toEqual(
          payloads.map((one) => ['a', decoder.decode(encoder.encode(one))]),
        );
      }),
    );
  });
});

describe('malformed', () => {
  test.each([
    ['F5 a length beyond the end', '{}\n{"type":"a","length":5}\n1234'],
    ['F6 a length before the end', '{}\n{"type":"a","length":3}\n1234\n'],
    ['F10 no type', '{}\n{"length":1}\n1'],
    ['an empty line as headers', '\n'],
    ['headers that are no JSON', 'nope\n'],
    ['headers that are no object', '[]\n{"type":"a"}\n1'],
    ['item headers that are no JSON', '{}\nnope\n1'],
    ['item headers that are no object', '{}\n7\n1'],
    ['a negative length', '{}\n{"type":"a","length":-1}\n1'],
    ['a length that is text', '{}\n{"type":"a","length":"1"}\n1'],
    ['an event_id that is no UUID', '{"event_id":"x"}'],
    ['a dsn that is no text', '{"dsn":1}'],
  ])('%s', (_, text) => {
    expect(() => readBothWays(text)).toThrow('invalid event envelope');
  });

  test('anything is parts or an error of the client, never something else', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        try {
          readBothWays(text);
        } catch (error) {
          expect(error).toMatchObject({ code: 'invalid_input' });
        }
      }),
    );
  });
});

describe('too large', () => {
  const MIB = 1024 * 1024;
  const items = (header: object, count: number, payload = '{}'): string =>
    `{}\n${`${JSON.stringify(header)}\n${payload}\n`.repeat(count)}`;

  test.each<[string, string]>([
    ['event', `{}\n{"type":"event","length":${MIB + 1}}\n`],
    ['event', `{}\n{"type":"event"}\n${'x'.repeat(MIB + 1)}`],
    ['transaction', `{}\n{"type":"transaction","length":${MIB + 1}}\n`],
    ['log', `{}\n{"type":"log","length":${2 * MIB + 1}}\n`],
    ['log', `{}\n{"type":"log","length":${12 * MIB + 1},"item_count":1000}\n`],
    ['log', `{}\n{"type":"log","length":${5 * MIB},"item_count":2}\n`],
    ['span', `{}\n{"type":"span","length":${10 * MIB + 1}}\n`],
    ['span', items({ type: 'span' }, 26)],
    ['client_report', items({ type: 'client_report' }, 101)],
    ['client_report', items({ type: 'client_report' }, 2, 'x'.repeat(60_000))],
    ['session', items({ type: 'session' }, 101)],
    ['sessions', `${items({ type: 'session' }, 100)}{"type":"sessions"}\n{}`],
    ['attachment', items({ type: 'attachment' }, 31)],
    ['attachment', `{}\n{"type":"attachment","length":${200 * MIB + 1}}\n`],
    ['check_in', `{}\n{"type":"check_in","length":${100 * 1024 + 1}}\n`],
    ['headers', `{"x":"${'x'.repeat(MIB)}"}`],
  ])('%s', (type, text) => {
    expect(() => read([encoder.encode(text)])).toThrow(
      expect.objectContaining({
        code: 'payload_too_large',
        message: expect.stringContaining(`for ${type}:`),
      }),
    );
  });

  test.each<[string, string]>([
    ['containers of many', `{}\n{"type":"span","item_count":1000}\n${'x'.repeat(11 * MIB)}`],
    ['what has no limit', `{}\n{"type":"unwanted"}\n${'x'.repeat(11 * MIB)}`],
    ['just as much as allowed', items({ type: 'span' }, 25)],
  ])('not %s', (_, text) => {
    expect(() => read([encoder.encode(text)])).not.toThrow();
  });
});
