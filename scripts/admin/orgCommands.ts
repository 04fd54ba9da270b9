import { createOrganization, setOrganizationOptions } from '../../db/organizations.ts';
import { organizationOptions } from '../../domain/organizationOptions.ts';
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
  const columns: Record<string, unknown> = {};
  const options = new Map<string, unknown>();
  for (const [key, value] of values) {
    const storage = organizationOptions[key]?.storage ?? { option: key };
    if ('column' in storage) columns[storage.column] = value;
    else options.set(storage.option, value);
  }
  await setOrganizationOptions(
    pool,
    organization.id,
    { openMembership: null, defaultRole: null, ...columns },
    options,
  );
  return {
    json: { id: organization.id, slug: organization.slug, ...Object.fromEntries(values) },
    text: `Organization ${organization.slug}: ${[...values.keys()].join(', ')} set.`,
  };
}
