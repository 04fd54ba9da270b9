import { describe, expect, expectTypeOf, it, test } from 'vitest';
import type { z } from 'zod';
import { deployCreateSchema } from '../api/validation/deployBody.ts';
import {
  organizationReleaseCreateSchema,
  organizationReleaseUpdateSchema,
  projectReleaseCreateSchema,
  projectReleaseUpdateSchema,
  type OrganizationReleaseCreateBody,
} from '../api/validation/releaseBodies.ts';
import { validateBody } from '../api/validation/validateBody.ts';
import { normaliseCommits, type CommitInput } from '../domain/commitList.ts';
import type { HeadCommitInput, RefInput } from '../domain/commitRange.ts';
import { AppError } from '../domain/errors.ts';

function errors(schema: z.ZodType, body: unknown): unknown {
  try {
    validateBody(schema, body);
  } catch (error) {
    return error instanceof AppError ? error.body : error;
  }
  return 'accepted';
}
const createErrors = (fields: object): unknown =>
  errors(organizationReleaseCreateSchema, { version: '1', ...fields });
const deployErrors = (fields: object): unknown =>
  errors(deployCreateSchema, { environment: 'e', ...fields });
const tooLong = (max: number): string => `Ensure this field has no more than ${max} characters.`;

describe('bodies of the clients', () => {
  test.each([
    { version: '1.0.0', projects: ['web'], dateStarted: '2026-01-02T03:04:05Z' },
    { version: '1.0.0', projects: [123, 'web', 'web'] },
    { version: '1.0.0', projects: [], status: 'archived' },
    { version: '1.0.0' },
    {
      version: '1.0.0',
      projects: ['web'],
      url: 'https://ci.test/1',
      dateReleased: '2026-11-20T21:31:55.176184715Z',
    },
  ])('create a release: %j', (body) => {
    expect(errors(organizationReleaseCreateSchema, body)).toBe('accepted');
  });

  test.each([
    {},
    { refs: [] },
    { refs: [{ repository: 'acme/web', commit: 'HEAD', previousCommit: null }] },
    {
      headCommits: [
        { repository: 'acme/web', currentId: 'a' },
        { repository: 'r', currentId: 'a', previousId: null },
      ],
    },
    {
      projects: ['web'],
      version: 'ignored',
      dateReleased: '2026-11-20T21:31:55Z',
      url: null,
      ref: '',
    },
    { status: 'open' },
    {
      commits: [
        {
          patch_set: [{ path: 'a.txt', type: 'M' }],
          repository: 'origin',
          author_name: 'Zoë Dev',
          author_email: 'email[test]@example.org',
          timestamp: '2026-01-02T03:25:00+05:30',
          message: 'change 25\n\nFixes WEB-25\n',
          id: 'a'.repeat(40),
        },
        {
          id: 'b',
          patch_set: null,
          repository: '',
          author_name: null,
          author_email: '',
          timestamp: null,
          message: null,
        },
        { id: 'c', patch_set: [] },
      ],
    },
  ])('update a release: %j', (body) => {
    expect(errors(organizationReleaseUpdateSchema, body)).toBe('accepted');
  });

  test.each([
    {
      environment: 'production',
      name: null,
      url: null,
      dateStarted: null,
      dateFinished: '2026-01-01T00:00:00Z',
    },
    {
      environment: 'a\tb',
      name: 'n',
      url: 'https://x.test',
      dateStarted: '42',
      dateFinished: '43.5',
      projects: ['web', '1', 2],
    },
  ])('create a deploy: %j', (body) => {
    expect(errors(deployCreateSchema, body)).toBe('accepted');
  });
});

test('what validation answers fits the rules of the domain', () => {
  expectTypeOf<NonNullable<OrganizationReleaseCreateBody['commits']>>().toExtend<CommitInput[]>();
  expectTypeOf<NonNullable<OrganizationReleaseCreateBody['refs']>>().toExtend<RefInput[]>();
  expectTypeOf<NonNullable<OrganizationReleaseCreateBody['headCommits']>>().toExtend<
    HeadCommitInput[]
  >();
  expectTypeOf<OrganizationReleaseCreateBody['version']>().toEqualTypeOf<string>();
  expectTypeOf<OrganizationReleaseCreateBody['ref']>().toEqualTypeOf<string | null | undefined>();
  expectTypeOf<OrganizationReleaseCreateBody['status']>().toEqualTypeOf<
    'open' | 'archived' | undefined
  >();
});

describe('version', () => {
  test.each([
    [undefined, 'This field is required.'],
    [null, 'This field may not be null.'],
    ['', 'This field may not be blank.'],
    ['  ', 'Release with name    is not allowed'],
    ['a/b', 'Release with name a/b is not allowed'],
    ['a\nb', 'Release with name a\nb is not allowed'],
    [' Latest ', 'Release with name  Latest  is not allowed'],
    ['a'.repeat(201), tooLong(200)],
    [true, 'Not a valid string.'],
    ['a\0', 'Null characters are not allowed.'],
  ])('%j: %s', (version, message) => {
    expect(createErrors({ version })).toEqual({ version: [message] });
  });

  it('keeps its surrounding blanks and may be a number', () => {
    expect(validateBody(projectReleaseCreateSchema, { version: ' 1 ' })).toEqual({
      version: ' 1 ',
    });
    expect(validateBody(projectReleaseCreateSchema, { version: 12 })).toEqual({ version: '12' });
  });
});

describe('fields of a release', () => {
  test.each<[object, unknown]>([
    [{ ref: 'x'.repeat(201) }, { ref: [tooLong(200)] }],
    [{ url: 'x' }, { url: ['Enter a valid URL.'] }],
    [{ commits: null }, { commits: ['This field may not be null.'] }],
    [{ refs: null }, { refs: ['This field may not be null.'] }],
    [{ headCommits: null }, { headCommits: ['This field may not be null.'] }],
    [{ status: null }, { status: ['This field may not be null.'] }],
    [{ status: '' }, { status: ['This field may not be blank.'] }],
    [{ status: 'Open' }, { status: ['Invalid status Open'] }],
    [{ owner: null }, { owner: ['This field may not be null.'] }],
    [{ owner: false }, { owner: ['Unable to find user'] }],
    [{ owner: [] }, { owner: ['Unable to find user'] }],
    [{ owner: {} }, { owner: ['Unable to find user'] }],
    [{ projects: null }, { projects: ['This field may not be null.'] }],
    [{ projects: 'web' }, { projects: ['Expected a list of items but got type "str".'] }],
    ...[[], {}, true, null, 1.5, ''].map((element): [object, unknown] => [
      { projects: ['web', element] },
      {
        projects: [
          element === null ? 'This field may not be null.' : 'Invalid project ids or slugs',
        ],
      },
    ]),
  ])('%j is refused', (fields, expected) => {
    expect(createErrors(fields)).toEqual(expected);
  });

  it('are all reported at once', () => {
    expect(
      errors(organizationReleaseCreateSchema, { url: 'x', dateReleased: 'x', refs: 1 }),
    ).toEqual({
      version: ['This field is required.'],
      url: ['Enter a valid URL.'],
      dateReleased: [
        'Datetime has wrong format. Use one of these formats instead: YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z].',
      ],
      refs: ['Expected a list of items but got type "int".'],
    });
  });

  it('leave as text where ids and slugs mix, and raw where an owner is looked up', () => {
    const body = { version: '1', projects: [12, '12', 'web'], owner: 7 };
    expect(validateBody(organizationReleaseCreateSchema, body)).toEqual({
      ...body,
      projects: ['12', '12', 'web'],
    });
  });

  it('tell an empty refs from an absent one', () => {
    expect(validateBody(organizationReleaseUpdateSchema, { refs: [] })).toStrictEqual({ refs: [] });
    expect(validateBody(organizationReleaseUpdateSchema, {})).toStrictEqual({});
  });

  it('are fewer on the project endpoints', () => {
    const body = { version: '1', refs: 1, headCommits: 1, projects: 1, owner: 'o' };
    expect(validateBody(projectReleaseCreateSchema, body)).toStrictEqual({
      version: '1',
      owner: 'o',
    });
    expect(validateBody(projectReleaseUpdateSchema, body)).toStrictEqual({});
  });
});

describe('commits', () => {
  test.each([
    [{}, { id: ['This field is required.'] }],
    [{ id: ' ' }, { id: ['This field may not be blank.'] }],
    [{ id: 'a'.repeat(65) }, { id: [tooLong(64)] }],
    [{ id: 'a', repository: 'r'.repeat(65) }, { repository: [tooLong(64)] }],
    [{ id: 'a', author_name: 'n'.repeat(129) }, { author_name: [tooLong(128)] }],
    [{ id: 'a', author_email: 'e'.repeat(201) }, { author_email: [tooLong(200)] }],
    [{ id: 'a', message: {} }, { message: ['Not a valid string.'] }],
    [{ id: 'a', patch_set: {} }, { patch_set: ['Expected a list of items but got type "dict".'] }],
    [
      {
        id: 'a',
        patch_set: [
          { path: 'p', type: 'A' },
          { path: 'p', type: 'Z' },
        ],
      },
      { patch_set: { type: ['Commit patch_set type Z is not supported.'] } },
    ],
    [{ id: 'a', patch_set: [{ path: 'p', type: 'AM' }] }, { patch_set: { type: [tooLong(1)] } }],
    [
      { id: 'a', patch_set: [{ path: 'p'.repeat(511), type: 'A' }] },
      { patch_set: { path: [tooLong(510)] } },
    ],
    ['x', { non_field_errors: ['Invalid data. Expected a dictionary, but got str.'] }],
  ])('refuse %j', (commit, expected) => {
    expect(createErrors({ commits: [{ id: 'fine' }, commit] })).toEqual({ commits: expected });
  });

  it('are trimmed, with exact UTC timestamps', () => {
    const commits = [{ id: ' a ', message: ' m\n', timestamp: '2026-01-02T03:25:00+05:30' }];
    expect(validateBody(projectReleaseUpdateSchema, { commits })).toEqual({
      commits: [{ id: 'a', message: 'm', timestamp: '2026-01-01T21:55:00.000000Z' }],
    });
  });

  it('pass validation and the rules of the list 5,000 at a time', () => {
    const commits = Array.from({ length: 5000 }, (_, i) => ({
      id: `a${i}`,
      patch_set: ['x', 'y', 'z'].map((path) => ({ path, type: 'M' })),
    }));
    const body = validateBody(projectReleaseUpdateSchema, { commits });
    expect(normaliseCommits(body.commits ?? [], '1')).toMatchObject({
      commitCount: 5000,
      fileChanges: { length: 15_000 },
    });
  });
});

describe('refs', () => {
  test.each([
    [{ commit: 'a' }, { repository: ['This field is required.'] }],
    [{ repository: 'r'.repeat(201), commit: 'a' }, { repository: [tooLong(200)] }],
    [{ repository: 'r', commit: null }, { commit: ['This field may not be null.'] }],
    [
      { repository: 'r', commit: 'a'.repeat(65) },
      { commit: ['Commit too long - max is 64 chars'] },
    ],
    [{ repository: 'r', commit: ' ..a' }, { commit: ['Commit cannot begin or end with ..'] }],
    [
      { repository: 'r', commit: `a..${'b'.repeat(65)}` },
      { commit: ['Start or end commit too long - max is 64 chars each'] },
    ],
    [{ repository: 'r', commit: 'a..b..c' }, { commit: ['Commit can contain .. only once'] }],
    [
      { repository: 'r', commit: 'a', previousCommit: 'p'.repeat(65) },
      { previousCommit: [tooLong(64)] },
    ],
  ])('refuse %j', (ref, expected) => {
    expect(createErrors({ refs: [ref] })).toEqual({ refs: expected });
  });

  test.each([
    [{ repository: 'r' }, { currentId: ['This field is required.'] }],
    [{ repository: 'r'.repeat(65), currentId: 'a' }, { repository: [tooLong(64)] }],
    [{ repository: 'r', currentId: 'a'.repeat(65) }, { currentId: [tooLong(64)] }],
  ])('as head commits refuse %j', (headCommit, expected) => {
    expect(createErrors({ headCommits: [headCommit] })).toEqual({ headCommits: expected });
  });
});

describe('deploys', () => {
  test.each([
    [{ environment: undefined }, { environment: ['This field is required.'] }],
    [{ environment: ' ' }, { environment: ['This field may not be blank.'] }],
    [{ environment: 'a/b' }, { environment: ['Invalid value for environment'] }],
    [{ environment: 'a\nb' }, { environment: ['Invalid value for environment'] }],
    [{ environment: 'e'.repeat(65) }, { environment: [tooLong(64)] }],
    [{ name: 'n'.repeat(65) }, { name: [tooLong(64)] }],
    [{ url: 'x' }, { url: ['Enter a valid URL.'] }],
    [{ projects: [] }, { projects: ['This list may not be empty.'] }],
    [{ projects: [{}] }, { projects: ['Not a valid string.'] }],
  ])('refuse %j', (fields, expected) => {
    expect(deployErrors(fields)).toEqual(expected);
  });

  it('have no end when it is null, as when it is absent', () => {
    const body = validateBody(deployCreateSchema, {
      environment: ' e ',
      dateFinished: null,
      projects: [7],
    });
    expect(body).toEqual({ environment: 'e', projects: ['7'] });
  });
});
