/** Statuses as numbers, the way the audit log of upstream has them (groups-projects-orgs 3.1). */
const statusNumbers: Readonly<Record<string, number>> = {
  active: 0,
  hidden: 1,
  pending_deletion: 2,
  deletion_in_progress: 3,
};

/** What every audit entry about a project carries (groups-projects-orgs 3.5). */
export function projectAuditData(
  project: Readonly<{ id: string; slug: string; name: string; status: string }>,
): Record<string, unknown> {
  return {
    // Snowflakes fit a JavaScript number.
    id: Number(project.id),
    slug: project.slug,
    name: project.name,
    status: statusNumbers[project.status] ?? 0,
    public: false,
  };
}
