import type { DeleteProjectInput } from './deleteProject.ts';
import { releaseTaskQueue } from './releaseStart.ts';
import { slipwayOrg, slipwayProject } from './searchAttributes.ts';

export type DeletionOrder = Readonly<{ projectId: string; organizationSlug: string; slug: string }>;

/** How the deletion of a project is started, by whoever finds it ordered. */
export function deleteProjectStart({ projectId, organizationSlug, slug }: DeletionOrder) {
  return {
    workflowId: `delete-project:${projectId}`,
    taskQueue: releaseTaskQueue,
    args: [{ projectId }] as [DeleteProjectInput],
    // One that is under way is the one that is wanted; one that was taken back may be ordered again.
    workflowIdConflictPolicy: 'USE_EXISTING' as const,
    workflowIdReusePolicy: 'ALLOW_DUPLICATE' as const,
    staticSummary: `${organizationSlug}/${slug}: delete the project`,
    typedSearchAttributes: [
      { key: slipwayOrg, value: organizationSlug },
      { key: slipwayProject, value: [slug] },
    ],
  };
}
