import { organizationColumns, organizationRow, type Organization } from './models/organization.ts';
import { maybeOne, type Queryable } from './pool.ts';

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
