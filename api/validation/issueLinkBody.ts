import type { z } from 'zod';
import { parseGitHubIssueKey } from '../../domain/githubIssueKey.ts';
import { externalIssueProviders } from '../../db/outbox/externalIssues.ts';
import { objectSchema } from './collections.ts';
import { charField, choiceField } from './fields.ts';
import { booleanField, secretField, targetUrlField } from './webhookBodies.ts';

const KEY_LENGTH_MAX = 256;

const provider = choiceField(
  externalIssueProviders,
  (name) => `Unknown provider ${name}. Use ${externalIssueProviders.join(' or ')}.`,
);

const shape = {
  provider,
  key: charField({ max: KEY_LENGTH_MAX }),
  url: targetUrlField,
  syncStatus: booleanField.optional(),
  secret: secretField.optional(),
};

export const issueLinkSchema: z.ZodType<z.output<z.ZodObject<typeof shape>>> = objectSchema(
  shape,
).check(({ value, issues }) => {
  if (value.provider !== 'github' || parseGitHubIssueKey(value.key) !== null) return;
  const message = 'A GitHub issue is named like owner/name#12.';
  issues.push({ code: 'custom', message, path: ['key'], input: value.key });
});
