/** Statuses as numbers, the way the audit log of upstream has them (groups-projects-orgs 4.1). */
const statusNumbers: Readonly<Record<string, number>> = {
  active: 0,
  pending_deletion: 1,
  deletion_in_progress: 2,
};

/** What an audit entry about the end of an organization, or its return, carries. */
export function organizationAuditData(
  organization: Readonly<{ id: string; slug: string; name: string; status: string }>,
): Record<string, unknown> {
  return {
    // Snowflakes fit a JavaScript number.
    id: Number(organization.id),
    slug: organization.slug,
    name: organization.name,
    status: statusNumbers[organization.status] ?? 0,
  };
}
