import { z } from 'zod';
import { defineModel, type ModelReader } from '../cache/model.ts';
import { idAndSlug } from '../idAndSlug.ts';
import { many, type Queryable } from '../pool.ts';
import { whereIn } from './whereIn.ts';

export const organizationRow = z.object({
  id: z.string(),
  slug: z.string(),
  name: z.string(),
  status: z.string(),
  /** Members may join any team, and so see every project. */
  openMembership: z.boolean(),
  /** What members may do with events and alerts. */
  eventsMemberAdmin: z.boolean(),
  alertsMemberWrite: z.boolean(),
  dateAdded: z.string(),
});

export type Organization = z.output<typeof organizationRow>;

/** An option that is on until somebody switches it off. */
const option = (key: 'events_member_admin' | 'alerts_member_write'): string =>
  `coalesce((select (value #>> '{}')::boolean from organization_option
              where organization_id = organization.id and key = 'sentry:${key}'), true)`;

export const organizationColumns = `organization.id, organization.slug, organization.name, organization.status,
                  organization.open_membership as "openMembership", organization.date_added as "dateAdded",
                  ${option('events_member_admin')} as "eventsMemberAdmin",
                  ${option('alerts_member_write')} as "alertsMemberWrite"`;

/** Active organizations: one that is being deleted is unknown. */
export const organizationModel = defineModel<Organization, 'id' | 'slug'>({
  name: 'organization',
  row: organizationRow,
  keys: { id: ({ id }) => id, slug: ({ slug }) => slug },
  ttlMs: 300_000,
  load: (db, key, values) => load(db, 'active', key, values),
});

/** A statement for each key: one for both could not use an index. */
function load(
  db: Queryable,
  status: 'active' | 'pending_deletion',
  key: 'id' | 'slug',
  values: readonly string[],
): Promise<Organization[]> {
  const { suffix, condition, parameters } = whereIn(
    [{ name: key, type: key === 'id' ? 'bigint' : 'text' }],
    values.map((value) => [value]),
  );
  return many(db, organizationRow, {
    name: `load${status === 'active' ? '' : 'Pending'}Organizations_${key}${suffix}`,
    text: `select ${organizationColumns} from organization where status = '${status}' and ${condition}`,
    values: parameters,
  });
}

/** The one way from a slug or a decimal id to an active organization. */
export function findOrganization(
  models: ModelReader,
  idOrSlug: string,
): Promise<Organization | null> {
  const [id, slug] = idAndSlug(idOrSlug);
  return models.getFromCache(organizationModel, id === null ? { slug: slug ?? '' } : { id });
}

/** The same for one that waits for its deletion, which nothing but its restoration asks for: never cached. */
export async function findPendingOrganization(
  db: Queryable,
  idOrSlug: string,
): Promise<Organization | null> {
  const [id, slug] = idAndSlug(idOrSlug);
  const [pending] = await load(db, 'pending_deletion', id === null ? 'slug' : 'id', [
    id ?? slug ?? '',
  ]);
  return pending ?? null;
}
