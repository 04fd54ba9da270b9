import { recordAudit } from '../../db/auditLog.ts';
import { createOrganization } from '../../db/organizations.ts';
import {
  lockOrganizationSettings,
  storeOrganizationSettings,
} from '../../db/organizationSettings.ts';
import { transaction } from '../../db/pool.ts';
import { storeFetchSettings } from '../../db/hooks/fetchSettings.ts';
import { fetchOptions } from '../../domain/fetchOptions.ts';
import { organizationOptions } from '../../domain/organizationOptions.ts';
import { asText, planSettings } from '../../domain/settingChanges.ts';
import { organizationSlugProblem } from '../../domain/slugs.ts';
import { administration } from './administration.ts';
import { readAssignments } from './assignments.ts';
import { AdminError, type AdminContext, type Command, type CommandInput } from './command.ts';
import { requireOrganization } from './lookUp.ts';

const schemas = Object.fromEntries(
  Object.entries({ ...organizationOptions, ...fetchOptions }).map(([key, { schema }]) => [
    key,
    schema,
  ]),
);

/** What is printed where a secret was set: it may end up in the log of a pipeline. */
const HIDDEN = '(hidden)';

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
  const name = option('name') ?? slug;
  const organization = await transaction(context.pool, async (tx) => {
    const created = await createOrganization(tx, { slug, name });
    if (created === null) return null;
    await recordAudit(tx, {
      organizationId: created.id,
      event: 'org.create',
      actor: administration,
      targetObject: created.id,
      data: { id: Number(created.id), slug, name },
    });
    return created;
  });
  if (organization === null) throw new AdminError(`The slug "${slug}" is already in use.`);
  return {
    json: { id: organization.id, slug: organization.slug },
    text: `Organization ${organization.slug} (id ${organization.id}) created.`,
  };
}

async function set(
  { positionals: [idOrSlug = '', ...words] }: CommandInput,
  { pool, secrets }: AdminContext,
) {
  const values = readAssignments(words, schemas);
  const fetching = fetchSettings(values, secrets);
  const settings = new Map([...values].filter(([name]) => !(name in fetchOptions)));
  const shown = [...values].map(
    ([name, value]) => [name, value !== null && isSecret(name) ? HIDDEN : value] as const,
  );
  const organization = await requireOrganization(pool, idOrSlug);
  await transaction(pool, async (tx) => {
    const before = await lockOrganizationSettings(tx, organization.id);
    const planned = planSettings(before, settings);
    await storeOrganizationSettings(tx, organization.id, before, planned);
    await storeFetchSettings(tx, organization.id, fetching);
    const ofFetching = shown.filter(([name]) => name in fetchOptions);
    const changes = {
      ...planned.changes,
      ...Object.fromEntries(ofFetching.map(([name, value]) => [name, `to ${asText(value)}`])),
    };
    if (Object.keys(changes).length === 0) return;
    await recordAudit(tx, {
      organizationId: organization.id,
      event: 'org.edit',
      actor: administration,
      targetObject: organization.id,
      data: changes,
    });
  });
  return {
    json: { id: organization.id, slug: organization.slug, ...Object.fromEntries(shown) },
    text: `Organization ${organization.slug}: ${[...values.keys()].join(', ')} set.`,
  };
}

/** Those of the settings that are about fetching commits, by their keys, as they are stored. */
function fetchSettings(
  values: ReadonlyMap<string, unknown>,
  secrets: AdminContext['secrets'],
): Map<string, string | null> {
  const stored = new Map<string, string | null>();
  for (const [name, { key, isSecret }] of Object.entries(fetchOptions)) {
    if (!values.has(name)) continue;
    const value = values.get(name);
    const text = typeof value === 'string' ? value : null;
    stored.set(key, text !== null && isSecret ? secrets().seal(text).toString('base64') : text);
  }
  return stored;
}

function isSecret(name: string): boolean {
  return Object.entries(fetchOptions).some(([known, option]) => known === name && option.isSecret);
}
