import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { formatCursor, parseCursor, type Page, type PageCursor } from '../domain/cursor.ts';
import { linkHeader } from '../domain/linkHeader.ts';
import { offsetPage, offsetWindow } from '../domain/offsetPage.ts';
import { parsePerPage } from '../domain/perPage.ts';
import { valuePage, valueWindow } from '../domain/valuePage.ts';

const written = (cursor: PageCursor): string => `${formatCursor(cursor)} ${cursor.hasResults}`;

describe('parseCursor', () => {
  test.each([null, undefined, ''])('takes %j for the first page', (text) => {
    expect(parseCursor(text)).toBeNull();
  });

  test.each([
    ['100:1:0', { value: 100, offset: 1, isPrevious: false }],
    ['100:-1:1', { value: 100, offset: -1, isPrevious: true }],
    ['0:0:7', { value: 0, offset: 0, isPrevious: true }],
    ['2.5:0:0', { value: 2.5, offset: 0, isPrevious: false }],
    ['-0:-0:-0', { value: 0, offset: 0, isPrevious: false }],
    [`${'9'.repeat(400)}:0:0`, { value: Number.MAX_SAFE_INTEGER, offset: 0, isPrevious: false }],
  ])('reads %j', (text, cursor) => expect(parseCursor(text)).toStrictEqual(cursor));

  test.each([
    'x',
    '1',
    '1:2',
    '1:2:3:4',
    'a:0:0',
    '0:a:0',
    '0:0:a',
    '::',
    '0:1.5:0',
    '0:0:0.5',
    ' 0:0:0',
    'NaN:0:0',
    '1e3:0:0',
  ])('refuses %j', (text) => expect(() => parseCursor(text)).toThrow('Invalid cursor parameter.'));
});

describe('parsePerPage', () => {
  test.each([
    [undefined, 100],
    ['1', 1],
    ['+5', 5],
    ['100', 100],
  ])('takes %j for %j', (text, expected) => expect(parsePerPage(text)).toBe(expected));

  test.each(['', 'x', '1.5', ' 1', '1e1'])('refuses %j', (text) => {
    expect(() => parsePerPage(text)).toThrow('Invalid per_page parameter.');
  });

  test.each(['0', '-1', '101', '9'.repeat(400)])('refuses %j as out of range', (text) => {
    expect(() => parsePerPage(text)).toThrow('Invalid per_page value. Must be between 1 and 100.');
  });

  it('has another maximum, and default, where one is given', () => {
    expect(parsePerPage(undefined, 1000)).toBe(1000);
    expect(() => parsePerPage('1001', 1000)).toThrow('Must be between 1 and 1000.');
  });
});

describe('offset pages', () => {
  const rows = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
  const read = (total: number, cursorText: string, perPage: number): Page<number> => {
    const cursor = parseCursor(cursorText);
    const { offset, limit } = offsetWindow(cursor, perPage);
    return offsetPage(rows(total).slice(offset, offset + limit), cursor, perPage);
  };

  test.each([
    ['', 250, 'previous 100:-1:1 false, next 100:1:0 true', [0, 99]],
    ['100:1:0', 250, 'previous 100:0:1 true, next 100:2:0 true', [100, 199]],
    ['100:2:0', 250, 'previous 100:1:1 true, next 100:3:0 false', [200, 249]],
    ['100:1:1', 250, 'previous 100:0:1 true, next 100:2:0 true', [100, 199]],
    ['', 100, 'previous 100:-1:1 false, next 100:1:0 false', [0, 99]],
    ['100:9:0', 250, 'previous 100:8:1 true, next 100:10:0 false', []],
    [
      '100:99999999999999999999:0',
      250,
      'previous 100:9007199254740990:1 true, next 100:9007199254740992:0 false',
      [],
    ],
    ['0:5:0', 250, 'previous 100:4:1 true, next 100:6:0 true', [0, 99]],
    ['10:2:0', 250, 'previous 100:1:1 true, next 100:3:0 false', [20, 30]],
    ['120:1:0', 250, 'previous 100:0:1 true, next 100:2:0 true', [140, 239]],
  ])('%j of %d rows', (cursor, total, cursors, range) => {
    const page = read(total, cursor, 100);
    expect(`previous ${written(page.previous)}, next ${written(page.next)}`).toBe(cursors);
    const [first, last] = [page.items[0], page.items.at(-1)].filter((row) => row !== undefined);
    expect([first, last].filter((row) => row !== undefined)).toEqual(range);
  });

  it('refuse a page before the first', () => {
    expect(() => offsetWindow(parseCursor('100:-1:1'), 100)).toThrow(
      'Pagination offset cannot be negative',
    );
    expect(() => offsetWindow(parseCursor('-100:1:0'), 100)).toThrow(
      'Pagination offset cannot be negative',
    );
    expect(() => offsetWindow(parseCursor('-100:0:0'), 100)).toThrow('Invalid cursor parameter.');
  });

  it('never fetch more than the largest page', () => {
    expect(offsetWindow(parseCursor(`${2 ** 40}:0:0`), 100)).toEqual({ offset: 0, limit: 1001 });
  });

  it('show every row once, there and back', () => {
    fc.assert(
      fc.property(fc.nat(30), fc.integer({ min: 1, max: 8 }), (total, perPage) => {
        expect(walk((cursor) => read(total, cursor, perPage), 'next')).toEqual(rows(total));
      }),
    );
  });
});

/** Follows one relation as long as it has results, and answers all items in list order. */
function walk(
  read: (cursor: string) => Page<number>,
  relation: 'next' | 'previous',
  start = '',
): number[] {
  let items: number[] = [];
  let cursor = start;
  for (;;) {
    const page = read(cursor);
    items = relation === 'next' ? [...items, ...page.items] : [...page.items, ...items];
    if (!page[relation].hasResults) return items;
    cursor = formatCursor(page[relation]);
  }
}

describe('value pages', () => {
  const read = (keys: readonly number[], cursorText: string, perPage: number): Page<number> => {
    const cursor = parseCursor(cursorText);
    const { direction, value, offset, limit } = valueWindow(cursor, perPage);
    const ordered = direction === 'forward' ? keys : keys.toReversed();
    const rows = ordered.filter(
      (key) => value === null || (direction === 'forward' ? key >= value : key <= value),
    );
    return valuePage(rows.slice(offset, offset + limit), cursor, perPage, (key) => key);
  };

  test.each<[number[], string, number, string, string, number[]]>([
    [[0, 1, 2], '', 2, '0:0:1 false', '2:0:0 true', [0, 1]],
    [[0, 1, 2], '2:0:0', 2, '2:0:1 true', '2:2:0 false', [2]],
    [[0, 1, 2], '', 100, '0:0:1 false', '2:1:0 false', [0, 1, 2]],
    [[0], '', 100, '0:0:1 false', '0:100:0 false', [0]],
    [[], '', 100, '0:0:1 false', '0:0:0 false', []],
    [[0, 1, 2], '2:0:1', 2, '0:0:1 false', '2:0:0 true', [0, 1]],
    [[0, 1, 2, 3, 4], '4:0:1', 2, '2:0:1 true', '4:0:0 true', [2, 3]],
    [[0, 1, 2], '1.5:0:0', 2, '2:0:1 true', '2:1:0 false', [2]],
    [[0, 1, 2], '0:-5:0', 2, '0:0:1 true', '2:0:0 true', [0, 1]],
  ])('of the keys %j, cursor %j, %d per page', (keys, cursor, perPage, previous, next, items) => {
    const page = read(keys, cursor, perPage);
    expect([written(page.previous), written(page.next), page.items]).toEqual([
      previous,
      next,
      items,
    ]);
  });

  it('show every row once, there and back, whatever gaps the keys have', () => {
    const keys = fc
      .uniqueArray(fc.nat(60), { maxLength: 25 })
      .map((list) => list.toSorted((a, b) => a - b));
    fc.assert(
      fc.property(keys, fc.integer({ min: 1, max: 8 }), (list, perPage) => {
        const page = (cursor: string): Page<number> => read(list, cursor, perPage);
        expect(walk(page, 'next')).toEqual(list);
        const last = list.at(-1);
        if (last !== undefined && last > 0) {
          expect(walk(page, 'previous', `${last}:0:1`)).toEqual(list.slice(0, -1));
        }
      }),
    );
  });
});

describe('linkHeader', () => {
  const header = (path: string, query: string): string =>
    linkHeader({
      publicUrl: 'http://127.0.0.1:9000',
      path,
      query: new URLSearchParams(query),
      previous: { value: 0, offset: 0, isPrevious: true, hasResults: false },
      next: { value: 2, offset: 0, isPrevious: false, hasResults: true },
    });

  it('has both relations, each with its results, and ends in ? without a query', () => {
    expect(header('/api/0/organizations/acme/releases/', '')).toBe(
      '<http://127.0.0.1:9000/api/0/organizations/acme/releases/?&cursor=0:0:1>; rel="previous"; results="false"; cursor="0:0:1", ' +
        '<http://127.0.0.1:9000/api/0/organizations/acme/releases/?&cursor=2:0:0>; rel="next"; results="true"; cursor="2:0:0"',
    );
  });

  test.each([
    ['/a/my%2Eapp@1%2B2 é/', '', '/a/my.app%401%2B2%20%C3%A9/?&'],
    ['/a/100%/', '', '/a/100%25/?&'],
    [
      '/a/',
      'cursor=1:0:0&query=a+b%26c&project=1&x&project=2',
      '/a/?query=a+b%26c&project=1&project=2&x=&',
    ],
    ['/a/', `q=${encodeURIComponent('<">\r\n,;(~*')}`, '/a/?q=%3C%22%3E%0D%0A%2C%3B%28~%2A&'],
  ])('encodes path %j and query %j afresh, without the cursor', (path, query, expected) => {
    expect(header(path, query)).toContain(`<http://127.0.0.1:9000${expected}cursor=2:0:0>`);
  });
});
