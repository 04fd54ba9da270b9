import type { z } from 'zod';
import { COMMIT_ID_LENGTH_MAX, parseCommit } from '../../domain/commitRange.ts';
import { invalidVersionMessage, isValidVersion } from '../../domain/isValidVersion.ts';
import { listField, objectSchema } from './collections.ts';
import { charField, choiceField, dateTimeField, field, urlField } from './fields.ts';
import { unstorableText } from './textRules.ts';

/** Bodies of the release endpoints (releases-api 2). Keys that are not named here are ignored. */

export const INVALID_PROJECTS_MESSAGE = 'Invalid project ids or slugs';
export const UNKNOWN_OWNER_MESSAGE = 'Unable to find user';

const optionalText = { allowNull: true, allowBlank: true } as const;

const version = charField({
  max: 200,
  trim: false,
  check: (text) => (isValidVersion(text) ? null : invalidVersionMessage(text)),
});

/** A name or an id; who that is, and whether a member, takes a look-up. */
const owner = field({}, { type: ['string', 'integer'] }, (value, fail) => {
  if (typeof value === 'string')
    return unstorableText(value) === null ? value : fail(UNKNOWN_OWNER_MESSAGE);
  return Number.isSafeInteger(value) ? (value as number) : fail(UNKNOWN_OWNER_MESSAGE);
});

/** Slugs and ids may be mixed, ids as numbers or digits; all leave as text. */
const projectReference = field({}, { type: ['string', 'integer'] }, (value, fail) => {
  const isReference =
    (typeof value === 'string' && value !== '' && unstorableText(value) === null) ||
    Number.isSafeInteger(value);
  return isReference ? String(value) : fail(INVALID_PROJECTS_MESSAGE);
});

const fileChange = objectSchema({
  path: charField({ max: 510 }),
  type: choiceField(['A', 'M', 'D'], (type) => `Commit patch_set type ${type} is not supported.`, {
    max: 1,
  }),
});

const commit = objectSchema({
  id: charField({ max: COMMIT_ID_LENGTH_MAX }),
  repository: charField({ ...optionalText, max: 64 }).optional(),
  message: charField(optionalText).optional(),
  author_name: charField({ ...optionalText, max: 128 }).optional(),
  author_email: charField({ ...optionalText, max: 200 }).optional(),
  timestamp: dateTimeField({ allowNull: true }).optional(),
  patch_set: listField(fileChange, { allowNull: true }).optional(),
});

const ref = objectSchema({
  repository: charField({ max: 200 }),
  // Checked by its parts: as a whole a range may be longer than an id.
  commit: charField({
    check: (text) => {
      const parsed = parseCommit(text);
      return 'error' in parsed ? parsed.error : null;
    },
  }),
  previousCommit: charField({ ...optionalText, max: COMMIT_ID_LENGTH_MAX }).optional(),
});

const headCommit = objectSchema({
  currentId: charField({ max: COMMIT_ID_LENGTH_MAX }),
  repository: charField({ max: 64 }),
  previousId: charField({ allowNull: true, max: COMMIT_ID_LENGTH_MAX }).optional(),
});

const commonFields = {
  ref: charField({ ...optionalText, max: 200 }).optional(),
  url: urlField(optionalText).optional(),
  dateReleased: dateTimeField({ allowNull: true }).optional(),
  commits: listField(commit).optional(),
  status: choiceField(['open', 'archived'], (status) => `Invalid status ${status}`).optional(),
};

/** An empty `refs` is not an absent one: on PUT it clears the commits. */
const refFields = {
  refs: listField(ref).optional(),
  headCommits: listField(headCommit).optional(),
};

const createFields = { version, owner: owner.optional() };

export const organizationReleaseCreateSchema = objectSchema({
  ...createFields,
  ...commonFields,
  ...refFields,
  // Left out, it stands for the caller's only project, which takes a look-up.
  projects: listField(projectReference).optional(),
});
export type OrganizationReleaseCreateBody = z.infer<typeof organizationReleaseCreateSchema>;

export const organizationReleaseUpdateSchema = objectSchema({ ...commonFields, ...refFields });

export const projectReleaseCreateSchema = objectSchema({ ...createFields, ...commonFields });

export const projectReleaseUpdateSchema = objectSchema(commonFields);
