import { describe, expect, it, test } from 'vitest';
import {
  effectiveScopes,
  roles,
  scopes,
  withImpliedScopes,
  type MemberOptions,
  type Role,
  type Scope,
} from '../domain/scopes.ts';

describe('what a scope implies', () => {
  test.each<[Scope, Scope[]]>([
    ['project:read', []],
    ['project:write', ['project:read']],
    ['project:admin', ['project:read', 'project:write']],
    ['org:admin', ['org:read', 'org:write', 'org:integrations']],
    ['member:write', ['member:read', 'member:invite']],
    ['org:ci', []],
    ['project:releases', []],
    ['project:distribution', []],
    ['openid', []],
  ])('%s implies %j', (scope, implied) => {
    expect(withImpliedScopes([scope])).toEqual([scope, ...implied]);
  });

  it('is complete: implying twice adds nothing', () => {
    for (const scope of scopes) {
      const implied = withImpliedScopes([scope]);
      expect(withImpliedScopes(implied).sort()).toEqual([...implied].sort());
    }
  });
});

/** An organization that has set neither option. */
const generous: MemberOptions = { eventsMemberAdmin: true, alertsMemberWrite: true };

describe('a user token', () => {
  test.each<[Role, Scope, boolean]>([
    ['member', 'project:releases', true],
    ['member', 'project:read', true],
    ['member', 'project:write', false],
    ['member', 'org:write', false],
    ['admin', 'project:admin', true],
    ['admin', 'org:write', false],
    ['manager', 'org:write', true],
    ['manager', 'org:admin', false],
    ['owner', 'org:admin', true],
  ])('of a %s with %s may use it: %s', (role, scope, isEffective) => {
    expect(effectiveScopes([scope], role, generous).includes(scope)).toBe(isEffective);
  });

  it('keeps of a scope above its role what it implies within it', () => {
    expect(effectiveScopes(['project:admin'], 'member', generous)).toEqual(['project:read']);
  });

  it('never reaches further than it was granted, whatever the role', () => {
    for (const role of roles) {
      expect(effectiveScopes(['event:read'], role, generous)).toEqual(['event:read']);
      expect(effectiveScopes([], role, generous)).toEqual([]);
    }
  });

  it('of an owner may use every scope', () => {
    expect(effectiveScopes(scopes, 'owner', generous).sort()).toEqual([...scopes].sort());
  });

  it('reaches at least as far with each higher role', () => {
    const reach = roles.map((role) => effectiveScopes(scopes, role, generous));
    for (const [index, lower] of reach.slice(0, -1).entries()) {
      expect(reach[index + 1]).toEqual(expect.arrayContaining(lower));
    }
  });
});

describe('what an organization takes away from its members', () => {
  const nothing = { eventsMemberAdmin: false, alertsMemberWrite: false };
  test.each<[Role, Scope, MemberOptions, Scope[]]>([
    ['member', 'event:admin', generous, ['event:admin', 'event:read', 'event:write']],
    ['member', 'event:admin', nothing, ['event:read', 'event:write']],
    ['member', 'event:write', nothing, ['event:read', 'event:write']],
    ['member', 'alerts:write', generous, ['alerts:read', 'alerts:write']],
    ['member', 'alerts:write', nothing, ['alerts:read']],
    [
      'member',
      'event:admin',
      { ...nothing, alertsMemberWrite: true },
      ['event:read', 'event:write'],
    ],
    ['member', 'alerts:write', { ...nothing, eventsMemberAdmin: true }, ['alerts:read']],
    ['member', 'project:releases', nothing, ['project:releases']],
    ['admin', 'event:admin', nothing, ['event:admin', 'event:read', 'event:write']],
    ['admin', 'alerts:write', nothing, ['alerts:read', 'alerts:write']],
    ['manager', 'event:admin', nothing, ['event:admin', 'event:read', 'event:write']],
    ['owner', 'alerts:write', nothing, ['alerts:read', 'alerts:write']],
  ])('leaves a %s with %s under %j: %j', (role, scope, options, left) => {
    expect(effectiveScopes([scope], role, options).sort()).toEqual(left);
  });
});
