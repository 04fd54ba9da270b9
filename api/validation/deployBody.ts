import type { z } from 'zod';
import { listField, objectSchema } from './collections.ts';
import { charField, dateTimeField, urlField } from './fields.ts';

/** What would break a path or a line; everything else may name an environment. */
const forbiddenCharacters = /[/\r\n\f]/;

const optionalText = { allowNull: true, allowBlank: true } as const;

/** Body of POST deploys (releases-api 9.1). */
export const deployCreateSchema = objectSchema({
  environment: charField({
    max: 64,
    check: (name) => (forbiddenCharacters.test(name) ? 'Invalid value for environment' : null),
  }),
  name: charField({ ...optionalText, max: 64 }).optional(),
  url: urlField(optionalText).optional(),
  dateStarted: dateTimeField({ allowNull: true }).optional(),
  // Null is absence here, and absence means now: a deploy without an end crashes `deploys list` of sentry-cli.
  dateFinished: dateTimeField({ allowNull: true })
    .transform((date) => date ?? undefined)
    .optional(),
  projects: listField(charField({}), { allowEmpty: false }).optional(),
});
export type DeployCreateBody = z.infer<typeof deployCreateSchema>;
