import type { z } from 'zod';
import { roles } from '../../domain/scopes.ts';
import { booleanSetting } from '../../domain/settingSchemas.ts';
import { listField, objectSchema } from './collections.ts';
import { charField, choiceField } from './fields.ts';

/** Longer addresses cannot be delivered to. */
const EMAIL_LENGTH_MAX = 254;

const boolean = booleanSetting();

const roleField = choiceField(roles, (role) => `"${role}" is not a valid choice.`);

const assignment = {
  /** `role` is what older clients call it. */
  orgRole: roleField.optional(),
  role: roleField.optional(),
  teams: listField(charField({})).optional(),
  teamRoles: listField(
    objectSchema({
      teamSlug: charField({}),
      role: charField({ allowNull: true, allowBlank: true }).optional(),
    }),
  ).optional(),
};

/** Body of POST /organizations/{organization}/members/. */
export const memberCreateSchema = objectSchema({
  email: charField({
    max: EMAIL_LENGTH_MAX,
    check: (email) => (/^[^\s@]+@[^\s@]+$/.test(email) ? null : 'Enter a valid email address.'),
  }),
  ...assignment,
  sendInvite: boolean.optional(),
  reinvite: boolean.optional(),
});

/** Body of PUT /organizations/{organization}/members/{member}/; absent keys leave what they name. */
export const memberUpdateSchema = objectSchema(assignment);
export type MemberUpdateBody = z.infer<typeof memberUpdateSchema>;

/** Slugs of the teams that a body names either way; null when it names none. */
export function namedTeams(body: Pick<MemberUpdateBody, 'teams' | 'teamRoles'>): string[] | null {
  if (body.teams === undefined && body.teamRoles === undefined) return null;
  const slugs = [...(body.teams ?? []), ...(body.teamRoles ?? []).map(({ teamSlug }) => teamSlug)];
  return [...new Set(slugs)];
}
