import {
  PULL_REQUEST_KEY_LENGTH_MAX,
  pullRequestStates,
  type PullRequestState,
} from '../../../domain/pullRequest.ts';
import { COMMIT_ID_LENGTH_MAX } from '../../../domain/commitRange.ts';
import { objectSchema } from '../../validation/collections.ts';
import { charField, field } from '../../validation/fields.ts';

/** The limits of commit lists (releases-api 2.3): authors of both are the same people. */
const AUTHOR_NAME_LENGTH_MAX = 128;
const AUTHOR_EMAIL_LENGTH_MAX = 200;
const REPOSITORY_LENGTH_MAX = 200;
const TITLE_LENGTH_MAX = 1_000;
const MESSAGE_LENGTH_MAX = 64 * 1_024;

const optionalText = (max: number) =>
  charField({ max, allowNull: true, allowBlank: true }).optional();

const state = field<PullRequestState, { allowNull: true }>(
  { allowNull: true },
  { type: 'string', enum: pullRequestStates },
  (value, fail) =>
    pullRequestStates.find((known) => known === value) ??
    fail(`Invalid state. Use ${pullRequestStates.join(', ')}.`),
);

/** Body of POST pull-requests (decisions 19). */
export const pullRequestSchema = objectSchema({
  organization: charField({}),
  repository: charField({ max: REPOSITORY_LENGTH_MAX }),
  key: charField({ max: PULL_REQUEST_KEY_LENGTH_MAX }),
  title: optionalText(TITLE_LENGTH_MAX),
  message: optionalText(MESSAGE_LENGTH_MAX),
  author: objectSchema({
    name: optionalText(AUTHOR_NAME_LENGTH_MAX),
    email: optionalText(AUTHOR_EMAIL_LENGTH_MAX),
  })
    .nullable()
    .optional(),
  mergeCommitSha: optionalText(COMMIT_ID_LENGTH_MAX),
  state: state.optional(),
});
