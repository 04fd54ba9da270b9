import { z } from 'zod';
import { scopes, type Scope } from '../../../domain/scopes.ts';
import { listField, objectSchema } from '../../validation/collections.ts';
import { charField, choiceField, dateTimeField } from '../../validation/fields.ts';
import { unstorableText } from '../../validation/textRules.ts';

const NAME_LENGTH_MAX = 255;

/** Only for the documentation: the texts of its errors are not those of other bodies (groups-projects-orgs 6.4). */
export const organizationTokenSchema = z.object({ name: z.string().max(NAME_LENGTH_MAX) });

/** The name of an organization token, and what is wrong with it. */
export function tokenNameProblem(
  body: unknown,
): Readonly<{ name: string; problem: string | null }> {
  const given = typeof body === 'object' && body !== null && 'name' in body ? body.name : null;
  const name = typeof given === 'string' ? given.trim() : '';
  if (name === '') return { name, problem: 'The name cannot be blank.' };
  const isTooLong = Array.from(name).length > NAME_LENGTH_MAX;
  return {
    name,
    problem: isTooLong
      ? `The name cannot be longer than ${NAME_LENGTH_MAX} characters.`
      : unstorableText(name),
  };
}

/** Body of POST /api-tokens/. */
export const userTokenCreateSchema = objectSchema({
  name: charField({ allowNull: true, allowBlank: true, max: NAME_LENGTH_MAX }).optional(),
  scopes: listField<Scope, { allowEmpty: false }>(
    choiceField(scopes, (scope) => `"${scope}" is not a valid choice.`),
    { allowEmpty: false },
  ),
  expiresAt: dateTimeField({ allowNull: true }).optional(),
});
