import { createOrganization } from '../../db/organizations.ts';
import {
  lockOrganizationSettings,
  storeOrganizationSettings,
} from '../../db/organizationSettings.ts';
import { transaction } from '../../db/pool.ts';
import { organizationOptions } from '../../domain/organizationOptions.ts';
import { planSettings } from '../../domain/settingChanges.ts';
import { organizationSlugProblem } from '../../domain/slugs.ts';
import { readAssignments } from './assignments.ts';
import { AdminError, type AdminContext, type Command, type CommandInput } from './command.ts';
import { requireOrganization } from './lookUp.ts';

const schemas = Object.fromEntries(
  Object.entries(organizationOptions).map(([key, { schema }]) => [key, schema]),
);

export const orgCommands: readonly Command[] = [
  {
    name: 'org create',
    usage: '<slug> [--name <name>]',
    summary: 'Create an organization',
    positionals: [1, 1],
    options: { name: { type: 'string' } },
    run: create,
  },
  {
    name: 'org set',
    usage: '<org> <key>=<value>…',
    summary: 'Change settings, for example openMembership=false',
    positionals: [2, null],
    options: {},
    run: set,
  },
];

async function create({ positionals: [slug = ''], option }: CommandInput, context: AdminContext) {
  const problem = organizationSlugProblem(slug);
  if (problem !== null) throw new AdminError(problem);
  const organization = await createOrganization(context.pool, {
    slug,
    name: option('name') ?? slug,
  });
  if (organization === null) throw new AdminError(`The slug "${slug}" is already in use.`);
  return {
    json: { id: organization.id, slug: organization.slug },
    text: `Organization ${organization.slug} (id ${organization.id}) created.`,
  };
}

async function set(
  { positionals: [idOrSlug = '', ...words] }: CommandInput,
  { pool }: AdminContext,
) {
  const values = readAssignments(words, schemas);
  const organization = await requireOrganization(pool, idOrSlug);
  await transaction(pool, async (tx) => {
    const before = await lockOrganizationSettings(tx, organization.id);
    await storeOrganizationSettings(tx, organization.id, before, planSettings(before, values));
  });
  return {
    json: { id: organization.id, slug: organization.slug, ...Object.fromEntries(values) },
    text: `Organization ${organization.slug}: ${[...values.keys()].join(', ')} set.`,
  };
}
