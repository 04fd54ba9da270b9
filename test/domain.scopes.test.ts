import { describe, expect, it, test } from 'vitest';
import {
  effectiveScopes,
  roles,
  scopes,
  withImpliedScopes,
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
    expect(effectiveScopes([scope], role).includes(scope)).toBe(isEffective);
  });

  it('keeps of a scope above its role what it implies within it', () => {
    expect(effectiveScopes(['project:admin'], 'member')).toEqual(['project:read']);
  });

  it('never reaches further than it was granted, whatever the role', () => {
    for (const role of roles) {
      expect(effectiveScopes(['event:read'], role)).toEqual(['event:read']);
      expect(effectiveScopes([], role)).toEqual([]);
    }
  });

  it('of an owner may use every scope', () => {
    expect(effectiveScopes(scopes, 'owner').sort()).toEqual([...scopes].sort());
  });

  it('reaches at least as far with each higher role', () => {
    const reach = roles.map((role) => effectiveScopes(scopes, role));
    for (const [index, lower] of reach.slice(0, -1).entries()) {
      expect(reach[index + 1]).toEqual(expect.arrayContaining(lower));
    }
  });
});
