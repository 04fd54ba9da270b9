import { z } from 'zod';
import { organizationOptions } from '../../domain/organizationOptions.ts';
import { booleanSetting } from '../../domain/settingSchemas.ts';
import { organizationSlugProblem } from '../../domain/slugs.ts';
import { trustedRelaysSchema } from '../../domain/trustedRelays.ts';
import { objectSchema } from './collections.ts';
import { charField } from './fields.ts';

const NAME_LENGTH_MAX = 64;

const boolean = booleanSetting();

/** Blanks around a slug are reported, not cut off (groups-projects-orgs 3.2). */
const slugField = charField({ trim: false, check: organizationSlugProblem });

/** Body of POST /organizations/. */
export const organizationCreateSchema = objectSchema({
  name: charField({ max: NAME_LENGTH_MAX }),
  slug: charField({ allowNull: true, trim: false, check: organizationSlugProblem }).optional(),
  defaultTeam: boolean.optional(),
  agreeTerms: boolean.optional(),
});

const settingFields: Record<string, z.ZodType> = Object.fromEntries(
  Object.entries(organizationOptions).map(([name, { schema }]) => [name, schema.optional()]),
);

/** Body of PUT /organizations/{organization}/; a key that is absent leaves what it names as it is. */
export const organizationUpdateSchema = objectSchema({
  name: charField({ max: NAME_LENGTH_MAX }).optional(),
  slug: slugField.optional(),
  // Read by what decodes pictures, which also says what is wrong with them.
  avatar: z.unknown().optional(),
  avatarType: z.unknown().optional(),
  trustedRelays: trustedRelaysSchema.optional(),
  cancelDeletion: boolean.optional(),
  idempotencyKey: charField({ allowNull: true, allowBlank: true, max: 32 }).optional(),
  ...settingFields,
});

/** Settings arrive under their own names; `planSettings` knows them. */
export type OrganizationUpdateBody = Readonly<{ name?: string; slug?: string }> &
  Readonly<Record<string, unknown>>;
