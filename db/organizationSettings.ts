import { z } from 'zod';
import type { SettingChanges, StoredSettings } from '../domain/settingChanges.ts';
import { exec, one, type Queryable, type Transaction } from './pool.ts';

const settingsRow = z
  .object({
    name: z.string(),
    slug: z.string(),
    status: z.string(),
    open_membership: z.boolean(),
    default_role: z.string(),
    flags: z.array(z.string()),
    options: z.record(z.string(), z.unknown()),
  })
  .transform((row) => ({
    name: row.name,
    slug: row.slug,
    status: row.status,
    openMembership: row.open_membership,
    defaultRole: row.default_role,
    flags: row.flags,
    options: row.options,
  }));

export type OrganizationSettings = StoredSettings &
  Readonly<{ name: string; slug: string; status: string }>;

const settingsColumns = `name, slug, status, open_membership, default_role, flags,
  (select coalesce(json_object_agg(key, value), '{}')
     from organization_option where organization_id = organization.id) as options`;

export function findOrganizationSettings(
  db: Queryable,
  organizationId: string,
): Promise<OrganizationSettings> {
  return one(db, settingsRow, {
    name: 'findOrganizationSettings',
    text: `select ${settingsColumns} from organization where id = $1`,
    values: [organizationId],
  });
}

/**
 * The same, with the row locked: changes of one organization follow each other. The lock is a statement of its own,
 * because one that has waited for a lock still reads other tables as they were when it began.
 */
export async function lockOrganizationSettings(
  tx: Transaction,
  organizationId: string,
): Promise<OrganizationSettings> {
  await exec(tx, {
    name: 'lockOrganization',
    text: 'select from organization where id = $1 for update',
    values: [organizationId],
  });
  return findOrganizationSettings(tx, organizationId);
}

/** Stores planned settings; a slug that is taken violates organization_slug_key. */
export async function storeOrganizationSettings(
  tx: Transaction,
  organizationId: string,
  columns: Readonly<{ name: string; slug: string }>,
  settings: SettingChanges,
): Promise<void> {
  await exec(tx, {
    name: 'storeOrganizationSettings',
    text: `with changed as (
             update organization
                set name = $2, slug = $3, open_membership = coalesce($4, open_membership),
                    default_role = coalesce($5, default_role), flags = $6
              where id = $1
             returning id)
           insert into organization_option (organization_id, key, value)
           select changed.id, given.key, given.value
             from changed, unnest($7::text[], $8::json[]) as given (key, value)
           on conflict on constraint organization_option_pkey do update set value = excluded.value`,
    values: [
      organizationId,
      columns.name,
      columns.slug,
      settings.openMembership,
      settings.defaultRole,
      settings.flags,
      [...settings.options.keys()],
      [...settings.options.values()].map((value) => JSON.stringify(value)),
    ],
  });
}
