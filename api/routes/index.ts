import type { Route } from '../http/route.ts';
import { getAuthenticatedUser } from './account/getAuthenticatedUser.ts';
import { getIndex } from './account/getIndex.ts';
import { listRegions } from './account/listRegions.ts';
import { createDeploy } from './deploys/createDeploy.ts';
import { listDeploys } from './deploys/listDeploys.ts';
import { getOperation } from './operations/getOperation.ts';
import { getOrganization } from './organizations/getOrganization.ts';
import { listOrganizationProjects } from './organizations/listOrganizationProjects.ts';
import { listOrganizations } from './organizations/listOrganizations.ts';
import { listRepositories } from './organizations/listRepositories.ts';
import { createProjectRelease } from './projectReleases/createProjectRelease.ts';
import { deleteProjectRelease } from './projectReleases/deleteProjectRelease.ts';
import { getProjectRelease } from './projectReleases/getProjectRelease.ts';
import { listProjectReleaseCommits } from './projectReleases/listProjectReleaseCommits.ts';
import { listProjectReleases } from './projectReleases/listProjectReleases.ts';
import { updateProjectRelease } from './projectReleases/updateProjectRelease.ts';
import { getProject } from './projects/getProject.ts';
import { createRelease } from './releases/createRelease.ts';
import { deleteRelease } from './releases/deleteRelease.ts';
import { getPreviousRelease } from './releases/getPreviousRelease.ts';
import { getRelease } from './releases/getRelease.ts';
import { getReleaseMeta } from './releases/getReleaseMeta.ts';
import { listReleaseCommits } from './releases/listReleaseCommits.ts';
import { listReleaseFiles } from './releases/listReleaseFiles.ts';
import { listReleases } from './releases/listReleases.ts';
import { listReleaseStats } from './releases/listReleaseStats.ts';
import { updateRelease } from './releases/updateRelease.ts';
import { changeReleaseSync } from './sync/changeReleaseSync.ts';
import { getReleaseSync } from './sync/getReleaseSync.ts';
import { getHealth } from './service/getHealth.ts';
import { getMetrics } from './service/getMetrics.ts';
import { getReadiness } from './service/getReadiness.ts';

/** Every endpoint. A literal path stands before one with a parameter in the same place. */
export const routes: readonly Route[] = [
  getHealth,
  getReadiness,
  getMetrics,
  getIndex,
  getAuthenticatedUser,
  listRegions,
  listOrganizations,
  getOrganization,
  listOrganizationProjects,
  listRepositories,
  getProject,
  listReleaseStats,
  listReleases,
  createRelease,
  getRelease,
  updateRelease,
  deleteRelease,
  getReleaseMeta,
  getPreviousRelease,
  listReleaseCommits,
  listReleaseFiles,
  listDeploys,
  createDeploy,
  listProjectReleases,
  createProjectRelease,
  getProjectRelease,
  updateProjectRelease,
  deleteProjectRelease,
  listProjectReleaseCommits,
  getOperation,
  getReleaseSync,
  changeReleaseSync,
];
