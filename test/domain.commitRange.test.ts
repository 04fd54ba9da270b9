import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { headRefs, normaliseRefs, parseCommit } from '../domain/commitRange.ts';

const [longest, tooLong] = ['a'.repeat(64), 'a'.repeat(65)];

describe('parseCommit', () => {
  test.each([
    ['abc', { commit: 'abc' }],
    ['HEAD', { commit: 'HEAD' }],
    ['v1.2.3', { commit: 'v1.2.3' }],
    [longest, { commit: longest }],
    ['😀'.repeat(64), { commit: '😀'.repeat(64) }],
    ['a..b', { commit: 'b', previousCommit: 'a' }],
    [`${longest}..${longest}`, { commit: longest, previousCommit: longest }],
  ])('takes %j apart', (text, expected) => expect(parseCommit(text)).toEqual(expected));

  test.each([
    ['..b', 'Commit cannot begin or end with ..'],
    ['a..', 'Commit cannot begin or end with ..'],
    ['..', 'Commit cannot begin or end with ..'],
    ['...b', 'Commit cannot begin or end with ..'],
    [tooLong, 'Commit too long - max is 64 chars'],
    [`${tooLong}..b`, 'Start or end commit too long - max is 64 chars each'],
    [`a..${tooLong}`, 'Start or end commit too long - max is 64 chars each'],
    ['a...b', 'A commit range is written with two dots, from..to'],
    ['a..b..c', 'Commit can contain .. only once'],
  ])('refuses %j', (text, error) => expect(parseCommit(text)).toEqual({ error }));

  it('answers two non-empty ids without a delimiter for every range that it takes', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a.]{1,12}$/), (text) => {
        const parsed = parseCommit(text);
        if ('error' in parsed || parsed.previousCommit === undefined) return;
        expect(`${parsed.previousCommit}..${parsed.commit}`).toBe(text);
        expect(parsed.commit).not.toMatch(/^$|\.\./);
        expect(parsed.previousCommit).not.toMatch(/^$|\.\./);
      }),
    );
  });
});

describe('normaliseRefs', () => {
  const ref = (repository: string, commit: string) => ({ repository, commit });

  it('lets the start of a range win over the previous commit that was sent', () => {
    expect(normaliseRefs([{ ...ref('r', 'a..b'), previousCommit: 'x' }])).toEqual([
      { ...ref('r', 'b'), previousCommit: 'a' },
    ]);
  });

  it('passes on whether a previous commit was sent', () => {
    expect(
      normaliseRefs([ref('r', 'a'), { ...ref('s', 'a'), previousCommit: null }]),
    ).toStrictEqual([ref('r', 'a'), { ...ref('s', 'a'), previousCommit: null }]);
  });

  it('collapses exact repeats into the last place, so that the last ref stays the head', () => {
    const refs = normaliseRefs([ref('r', 'a'), ref('r', 'b'), ref('r', 'a'), ref('s', 'a')]);
    expect(refs).toEqual([ref('r', 'b'), ref('r', 'a'), ref('s', 'a')]);
    expect(headRefs(refs)).toEqual([ref('r', 'a'), ref('s', 'a')]);
  });

  it('reads head commits only when there are no refs', () => {
    const headCommits = [
      { repository: 'r', currentId: 'b' },
      { repository: 's', currentId: 'b', previousId: 'a' },
    ];
    const translated = [
      { ...ref('r', 'b'), previousCommit: null },
      { ...ref('s', 'b'), previousCommit: 'a' },
    ];
    expect(normaliseRefs([], headCommits)).toEqual(translated);
    expect(normaliseRefs(undefined, headCommits)).toEqual(translated);
    expect(normaliseRefs([ref('t', 'c')], headCommits)).toEqual([ref('t', 'c')]);
    expect(normaliseRefs()).toEqual([]);
  });
});
