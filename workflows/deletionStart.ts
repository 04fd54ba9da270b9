import type { DeleteOrganizationInput } from './deleteOrganization.ts';
import type { DeleteProjectInput } from './deleteProject.ts';
import { releaseTaskQueue } from './releaseStart.ts';
import { slipwayOrg, slipwayProject } from './searchAttributes.ts';

/** An ordered deletion; `slug` is that of the project and empty for an organization. */
export type DeletionOrder = Readonly<{
  model: 'project' | 'organization';
  id: string;
  organizationSlug: string;
  slug: string;
}>;

export function deletionWorkflowId({ model, id }: Pick<DeletionOrder, 'model' | 'id'>): string {
  return `delete-${model}:${id}`;
}

/** How an ordered deletion is started, by whoever finds it. */
export function deletionStart(order: DeletionOrder) {
  const { id, organizationSlug, slug } = order;
  const shared = {
    workflowId: deletionWorkflowId(order),
    taskQueue: releaseTaskQueue,
    // One that is under way is the one that is wanted; one that was taken back may be ordered again.
    workflowIdConflictPolicy: 'USE_EXISTING' as const,
    workflowIdReusePolicy: 'ALLOW_DUPLICATE' as const,
  };
  if (order.model === 'organization') {
    return {
      workflowType: 'deleteOrganization',
      options: {
        ...shared,
        args: [{ organizationId: id } satisfies DeleteOrganizationInput],
        staticSummary: `${organizationSlug}: delete the organization`,
        typedSearchAttributes: [{ key: slipwayOrg, value: organizationSlug }],
      },
    };
  }
  return {
    workflowType: 'deleteProject',
    options: {
      ...shared,
      args: [{ projectId: id } satisfies DeleteProjectInput],
      staticSummary: `${organizationSlug}/${slug}: delete the project`,
      typedSearchAttributes: [
        { key: slipwayOrg, value: organizationSlug },
        { key: slipwayProject, value: [slug] },
      ],
    },
  };
}
