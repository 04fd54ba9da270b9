import { z } from 'zod';
import { idAndSlug } from './idAndSlug.ts';
import { exec, maybeOne, type Queryable } from './pool.ts';

const organizationRow = z
  .object({
    id: z.string(),
    slug: z.string(),
    name: z.string(),
    open_membership: z.boolean(),
    date_added: z.string(),
  })
  .transform((row) => ({
    id: row.id,
    slug: row.slug,
    name: row.name,
    openMembership: row.open_membership,
    dateAdded: row.date_added,
  }));

export type Organization = z.output<typeof organizationRow>;

const organizationColumns =
  'organization.id, organization.slug, organization.name, organization.open_membership, organization.date_added';

/** Null when the slug is taken. */
export function createOrganization(
  db: Queryable,
  organization: Readonly<{ slug: string; name: string }>,
): Promise<Organization | null> {
  return maybeOne(db, organizationRow, {
    name: 'createOrganization',
    text: `insert into organization (slug, name) values ($1, $2)
           on conflict on constraint organization_slug_key do nothing
           returning ${organizationColumns}`,
    values: [organization.slug, organization.name],
  });
}

/** An active organization by slug or decimal id. */
export function findOrganization(db: Queryable, idOrSlug: string): Promise<Organization | null> {
  return maybeOne(db, organizationRow, {
    name: 'findOrganization',
    text: `select ${organizationColumns}
             from organization
            where status = 'active' and case when $1::bigint is null then slug = $2 else id = $1 end`,
    values: idAndSlug(idOrSlug),
  });
}

/** What of an organization is a column of its own; null leaves it as it is. */
export type OrganizationColumns = Readonly<{
  openMembership: boolean | null;
  defaultRole: string | null;
}>;

/** Sets columns and options of an organization together; an option that is null stays as a null. */
export async function setOrganizationOptions(
  db: Queryable,
  organizationId: string,
  columns: OrganizationColumns,
  options: ReadonlyMap<string, unknown>,
): Promise<void> {
  await exec(db, {
    name: 'setOrganizationOptions',
    text: `with changed as (
             update organization
                set open_membership = coalesce($2, open_membership), default_role = coalesce($3, default_role)
              where id = $1
             returning id)
           insert into organization_option (organization_id, key, value)
           select changed.id, given.key, given.value
             from changed, unnest($4::text[], $5::json[]) as given (key, value)
           on conflict on constraint organization_option_pkey do update set value = excluded.value`,
    values: [
      organizationId,
      columns.openMembership,
      columns.defaultRole,
      [...options.keys()],
      [...options.values()].map((value) => JSON.stringify(value)),
    ],
  });
}
