import type { z } from 'zod';
import { isKnownPlatform } from '../../domain/platforms.ts';
import { projectOptions } from '../../domain/projectOptions.ts';
import { booleanSetting } from '../../domain/settingSchemas.ts';
import { projectSlugProblem, reservedProjectProblem } from '../../domain/slugs.ts';
import { objectSchema } from './collections.ts';
import { charField } from './fields.ts';
import { isId } from './isId.ts';

const boolean = booleanSetting();

const platformField = charField({
  allowNull: true,
  allowBlank: true,
  check: (platform) => (isKnownPlatform(platform) ? null : 'Invalid platform'),
});

const creationFields = {
  name: charField({ max: 50, check: (name) => reservedProjectProblem('name', name) }),
  slug: charField({ allowNull: true, check: projectSlugProblem }).optional(),
  platform: platformField.optional(),
  default_rules: boolean.optional(),
  origin: charField({ max: 100 }).optional(),
};

/** Body of POST /teams/{organization}/{team}/projects/ (groups-projects-orgs 3.7). */
export const projectCreateSchema = objectSchema(creationFields);
export type ProjectCreateBody = z.infer<typeof projectCreateSchema>;

/** The same for a project that names its team, or gets one. */
export const organizationProjectCreateSchema = objectSchema({
  ...creationFields,
  team: charField({ allowNull: true }).optional(),
});

const settingFields: Record<string, z.ZodType> = Object.fromEntries(
  Object.entries(projectOptions).map(([name, { schema }]) => [name, schema.optional()]),
);

/** Body of PUT /projects/{organization}/{project}/; a key that is absent leaves what it names as it is. */
export const projectUpdateSchema = objectSchema({
  name: charField({ max: 200 }).optional(),
  slug: charField({
    check: (slug) => projectSlugProblem(slug) ?? reservedProjectProblem('slug', slug),
  }).optional(),
  platform: platformField.optional(),
  isBookmarked: boolean.optional(),
  copy_from_project: charField({
    check: (id) => (isId(id) ? null : 'A valid integer is required.'),
  }).optional(),
  ...settingFields,
});
export type ProjectUpdateBody = Readonly<{
  name?: string;
  slug?: string;
  platform?: string | null;
  isBookmarked?: boolean;
  copy_from_project?: string;
}> &
  Readonly<Record<string, unknown>>;
