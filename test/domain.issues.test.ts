import { describe, expect, test } from 'vitest';
import {
  hasResolution,
  type OrderedRelease,
  type Resolution,
} from '../domain/issues/hasResolution.ts';
import { isInboxQuery, parseIssueQuery } from '../domain/issues/issueQuery.ts';

/** When an event of a resolved issue is a regression (groups-projects-orgs 1.8), and what searches mean. */
const release = (version: string, orderDate: number): OrderedRelease => ({
  id: version,
  version,
  orderDate,
});
const [old, mid, next] = [release('old', 1), release('mid', 2), release('new', 3)];
const [v1, v2, v3] = [release('p@1.0', 3), release('p@2.0', 2), release('p@3.0', 1)];

const resolution = (
  type: Resolution['type'],
  anchor: OrderedRelease,
  current: OrderedRelease | null = null,
): Resolution => ({ type, anchor, currentVersion: current?.version ?? null, current });

describe('by date', () => {
  test.each<[string, Resolution | null, OrderedRelease | null, boolean]>([
    ['T21 no resolution, no release', null, null, false],
    ['no resolution', null, mid, false],
    ['T21 a resolution, no release', resolution('in_release', mid), null, true],
    ['T13 next on old, event new', resolution('in_next_release', old), next, false],
    ['T14 next on old, event old', resolution('in_next_release', old), old, true],
    ['T15 next on new, event old', resolution('in_next_release', next), old, true],
    ['T17 current set, newer', resolution('in_next_release', old, mid), next, false],
    ['T17 current set, same', resolution('in_next_release', old, mid), mid, true],
    ['T17 current set, older', resolution('in_next_release', next, mid), old, true],
    [
      'T19 current unknown, newer than the anchor',
      { ...resolution('in_next_release', mid), currentVersion: 'gone' },
      next,
      false,
    ],
    [
      'T19 current unknown, older than the anchor',
      { ...resolution('in_next_release', mid), currentVersion: 'gone' },
      old,
      true,
    ],
    ['T20 in release, newer', resolution('in_release', mid), next, false],
    ['T20 in release, same', resolution('in_release', mid), mid, false],
    ['T20 in release, older', resolution('in_release', mid), old, true],
    [
      'in release, another one of the same date',
      resolution('in_release', mid),
      release('twin', 2),
      true,
    ],
  ])('%s: covered %j', (_, given, event, covered) => {
    expect(hasResolution(given, event, false)).toBe(covered);
  });
});

describe('by semantic version, against the dates', () => {
  test.each<[string, Resolution, OrderedRelease, boolean]>([
    ...(['in_release', 'in_next_release'] as const).flatMap(
      (type): [string, Resolution, OrderedRelease, boolean][] => [
        [`T16 ${type}, current 1, event 2`, resolution(type, v1, v1), v2, false],
        [`T16 ${type}, current 1, event 1`, resolution(type, v1, v1), v1, true],
        [`T16 ${type}, current 2, event 1`, resolution(type, v2, v2), v1, true],
        [`${type}, current 1 anchored at 3, event 2`, resolution(type, v3, v1), v2, true],
      ],
    ),
    ['T20 in release 2, event 3', resolution('in_release', v2), { ...v3, orderDate: 9 }, false],
    ['T20 in release 2, event 2', resolution('in_release', v2), v2, false],
    ['T20 in release 2, event 1', resolution('in_release', v2), v1, true],
    [
      'T18 current is no version: dates decide',
      resolution('in_next_release', old, mid),
      { ...v1, orderDate: 9 },
      false,
    ],
  ])('%s: covered %j', (_, given, event, covered) => {
    expect(hasResolution(given, event, true)).toBe(covered);
  });
});

/** Of searches that say how long ago. */
const now = new Date('2026-03-10T12:00:00.000Z');

describe('searches', () => {
  const nothing = parseIssueQuery('', now);

  test.each<[string, object]>([
    ['', {}],
    ['is:unresolved', { statuses: ['unresolved'] }],
    ['is:archived', { statuses: ['ignored'] }],
    ['is:muted is:unassigned', { statuses: ['ignored'], isAssigned: false }],
    ['!is:resolved', { statuses: ['unresolved', 'ignored'] }],
    ['is:unresolved is:resolved', { statuses: [] }],
    ['is:[unresolved]', { statuses: ['unresolved'] }],
    ['is:regressed', { statuses: ['unresolved'], substatuses: ['regressed'] }],
    ['is:archived_forever', { statuses: ['ignored'], substatuses: ['forever'] }],
    [
      'is:for_review is:unlinked !is:assigned',
      { isForReview: true, isLinked: false, isAssigned: false },
    ],
    [
      'level:[error, fatal] issue.priority:high',
      { levels: ['error', 'fatal'], priorities: ['high'] },
    ],
    ['!level:error', { levels: ['sample', 'debug', 'info', 'warning', 'fatal'] }],
    ['assigned:me', { assignees: ['me'] }],
    ['assigned:[me, #crew]', { assignees: ['me', '#crew'] }],
    ['assigned:none', { isAssigned: false }],
    ['release:"web 1.0 (7)"', { seenIn: { any: ['web 1.0 (7)'], none: [] } }],
    ['release:latest !release:1.*', { seenIn: { any: ['latest'], none: ['1.*'] } }],
    [
      'release.package:shop !release.package:api',
      {
        releaseTerms: {
          all: [{ kind: 'package', package: 'shop' }],
          none: [{ kind: 'package', package: 'api' }],
        },
      },
    ],
    ['firstRelease:1 first-release:2', { firstSeenIn: { any: [], none: [] } }],
    ['Type Error is:resolved', { statuses: ['resolved'], texts: ['Type Error'] }],
    ['"exact: phrase" more', { texts: ['exact: phrase more'] }],
    ['message:"a \\"b\\""', { texts: ['a "b"'] }],
    ['TypeError: see https://docs.test/a', { texts: ['TypeError: see https://docs.test/a'] }],
    ['bookmarks:me subscribed:[me, ana]', { bookmarkedBy: ['me'], subscribedBy: ['me', 'ana'] }],
    ['age:-24h', { firstSeen: { from: '2026-03-09T12:00:00.000000Z', to: null } }],
    ['age:+1w', { firstSeen: { from: null, to: '2026-03-03T12:00:00.000000Z' } }],
    [
      'firstSeen:>=2026-01-01 firstSeen:<2026-02-01T10:00',
      { firstSeen: { from: '2026-01-01T00:00:00.000000Z', to: '2026-02-01T10:00:00.000000Z' } },
    ],
    [
      'lastSeen:2026-01-01',
      { lastSeen: { from: '2026-01-01T00:00:00.000000Z', to: '2026-01-01T23:59:59.999000Z' } },
    ],
    ['lastSeen:-1d lastSeen:-30m', { lastSeen: { from: '2026-03-10T11:30:00.000000Z', to: null } }],
    ['timesSeen:>10', { timesSeen: { from: 11, to: null } }],
    ['timesSeen:>=10 timesSeen:<20', { timesSeen: { from: 10, to: 19 } }],
    ['timesSeen:7', { timesSeen: { from: 7, to: 7 } }],
    ['this and that or more', { texts: ['this and that or more'] }],
    ['issue:WEB-1 project:web', { shortIds: ['WEB-1'], projects: ['web'] }],
  ])('%s', (text, expected) => {
    expect(parseIssueQuery(text, now)).toEqual({ ...nothing, ...expected });
  });

  test.each([
    'is:nonsense',
    'is:',
    'device.family:Mac',
    'level:loud',
    '!project:web',
    'a:b '.repeat(60),
    'age:yesterday',
    'age:-99999999w',
    'firstSeen:>2026-13-01',
    'lastSeen:[-1d, -2d]',
    '!timesSeen:1',
    'timesSeen:-1',
    'timesSeen:many',
    '!bookmarks:me',
    'one OR two',
    'is:unresolved AND level:error',
  ])('%s means nothing: 400', (text) => {
    expect(() => parseIssueQuery(text, now)).toThrow(/^Error parsing search query: /);
  });

  test.each([
    ['is:unresolved is:for_review', true],
    ['is:for_review is:unresolved assigned_or_suggested:me age:-2d', true],
    ['is:for_review', false],
    ['is:unresolved', false],
    ['is:unresolved !is:for_review', false],
    ['is:unresolved is:for_review level:error', false],
    ['is:unresolved is:for_review checkout', false],
  ])('%s is of the inbox: %j', (text, expected) => {
    expect(isInboxQuery(parseIssueQuery(text, now))).toBe(expected);
  });

  test('a pathological search is parsed at once', () => {
    const startedAt = performance.now();
    expect(() => parseIssueQuery(`${'"\\'.repeat(2_000)}${'a'.repeat(2_000)}`, now)).not.toThrow();
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });
});
