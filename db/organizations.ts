import { z } from 'zod';
import { idAndSlug } from './idAndSlug.ts';
import { maybeOne, type Queryable } from './pool.ts';

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

/** Null when the slug is taken. Without an id, a snowflake, the database makes one. */
export function createOrganization(
  db: Queryable,
  organization: Readonly<{ id?: string; slug: string; name: string }>,
): Promise<Organization | null> {
  return maybeOne(db, organizationRow, {
    name: 'createOrganization',
    text: `insert into organization (id, slug, name) values (coalesce($3::bigint, next_snowflake()), $1, $2)
           on conflict on constraint organization_slug_key do nothing
           returning ${organizationColumns}`,
    values: [organization.slug, organization.name, organization.id ?? null],
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
