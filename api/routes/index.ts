import type { Route } from '../http/route.ts';
import { getAuthenticatedUser } from './account/getAuthenticatedUser.ts';
import { getIndex } from './account/getIndex.ts';
import { listRegions } from './account/listRegions.ts';
import { listAuditLogs } from './auditLogs/listAuditLogs.ts';
import { avatarImageRoute } from './avatars/avatarImageRoute.ts';
import { getOrganizationAvatar } from './avatars/getOrganizationAvatar.ts';
import { getProjectAvatar } from './avatars/getProjectAvatar.ts';
import { getTeamAvatar } from './avatars/getTeamAvatar.ts';
import { getUserAvatar } from './avatars/getUserAvatar.ts';
import { updateOrganizationAvatar } from './avatars/updateOrganizationAvatar.ts';
import { updateProjectAvatar } from './avatars/updateProjectAvatar.ts';
import { updateTeamAvatar } from './avatars/updateTeamAvatar.ts';
import { updateUserAvatar } from './avatars/updateUserAvatar.ts';
import { createDeploy } from './deploys/createDeploy.ts';
import { listDeploys } from './deploys/listDeploys.ts';
import { getProjectEnvironment } from './environments/getProjectEnvironment.ts';
import { listOrganizationEnvironments } from './environments/listOrganizationEnvironments.ts';
import { listProjectEnvironments } from './environments/listProjectEnvironments.ts';
import { updateProjectEnvironment } from './environments/updateProjectEnvironment.ts';
import { receiveGitHubHook } from './hooks/receiveGitHubHook.ts';
import { receiveGitLabHook } from './hooks/receiveGitLabHook.ts';
import { preflightEnvelope, storeEnvelope } from './ingest/storeEnvelope.ts';
import { preflightEvent, storeEvent, storeEventOfQuery } from './ingest/storeEvent.ts';
import { deleteIssue, deleteIssueById } from './issues/deleteIssue.ts';
import { getIssue, getIssueById } from './issues/getIssue.ts';
import { getIssueEvent, getIssueEventById } from './issues/getIssueEvent.ts';
import { getShortId } from './issues/getShortId.ts';
import { listOrganizationActivity, listProjectActivities } from './issues/listActivity.ts';
import { listIssueEvents, listIssueEventsById } from './issues/listIssueEvents.ts';
import { listIssueHistory } from './issues/listIssueHistory.ts';
import { listIssues, listProjectIssues } from './issues/listIssues.ts';
import { listProjectEvents } from './issues/listProjectEvents.ts';
import { listProjectResolvedIssues, listResolvedIssues } from './issues/listResolvedIssues.ts';
import { updateIssue, updateIssueById } from './issues/updateIssue.ts';
import { updateIssues, updateProjectIssues } from './issues/updateIssues.ts';
import { addMemberToTeam } from './members/addMemberToTeam.ts';
import { createMember } from './members/createMember.ts';
import { deleteMember } from './members/deleteMember.ts';
import { getMember } from './members/getMember.ts';
import { listMembers } from './members/listMembers.ts';
import { removeMemberFromTeam } from './members/removeMemberFromTeam.ts';
import { updateMember } from './members/updateMember.ts';
import { getOperation } from './operations/getOperation.ts';
import { createOrganization } from './organizations/createOrganization.ts';
import { deleteOrganization } from './organizations/deleteOrganization.ts';
import { getOrganization } from './organizations/getOrganization.ts';
import { listOrganizationProjects } from './organizations/listOrganizationProjects.ts';
import { listOrganizations } from './organizations/listOrganizations.ts';
import { listRepositories } from './organizations/listRepositories.ts';
import { updateOrganization } from './organizations/updateOrganization.ts';
import { createProjectRelease } from './projectReleases/createProjectRelease.ts';
import { deleteProjectRelease } from './projectReleases/deleteProjectRelease.ts';
import { getProjectRelease } from './projectReleases/getProjectRelease.ts';
import { listProjectReleaseCommits } from './projectReleases/listProjectReleaseCommits.ts';
import { listProjectReleases } from './projectReleases/listProjectReleases.ts';
import { updateProjectRelease } from './projectReleases/updateProjectRelease.ts';
import { addTeamToProject } from './projects/addTeamToProject.ts';
import { createOrganizationProject } from './projects/createOrganizationProject.ts';
import { createTeamProject } from './projects/createTeamProject.ts';
import { deleteProject } from './projects/deleteProject.ts';
import { getProject } from './projects/getProject.ts';
import { createProjectKey } from './projectKeys/createProjectKey.ts';
import { deleteProjectKey } from './projectKeys/deleteProjectKey.ts';
import { getProjectKey } from './projectKeys/getProjectKey.ts';
import { listProjectKeys } from './projectKeys/listProjectKeys.ts';
import { updateProjectKey } from './projectKeys/updateProjectKey.ts';
import { listProjectTeams } from './projects/listProjectTeams.ts';
import { listTeamProjects } from './projects/listTeamProjects.ts';
import { removeTeamFromProject } from './projects/removeTeamFromProject.ts';
import { restoreProject } from './projects/restoreProject.ts';
import { updateProject } from './projects/updateProject.ts';
import { storePullRequest } from './pullRequests/storePullRequest.ts';
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
import { createRepository } from './repositories/createRepository.ts';
import { deleteRepository } from './repositories/deleteRepository.ts';
import { getRepository } from './repositories/getRepository.ts';
import { updateRepository } from './repositories/updateRepository.ts';
import { getHealth } from './service/getHealth.ts';
import { getMetrics } from './service/getMetrics.ts';
import { getReadiness } from './service/getReadiness.ts';
import { changeReleaseSync } from './sync/changeReleaseSync.ts';
import { getReleaseSync } from './sync/getReleaseSync.ts';
import { createTeam } from './teams/createTeam.ts';
import { deleteTeam } from './teams/deleteTeam.ts';
import { getTeam } from './teams/getTeam.ts';
import { listOrganizationTeams } from './teams/listOrganizationTeams.ts';
import { listTeamMembers } from './teams/listTeamMembers.ts';
import { updateTeam } from './teams/updateTeam.ts';
import { createOrganizationToken } from './tokens/createOrganizationToken.ts';
import { createUserToken } from './tokens/createUserToken.ts';
import { deleteOrganizationToken } from './tokens/deleteOrganizationToken.ts';
import { deleteUserToken } from './tokens/deleteUserToken.ts';
import { getOrganizationToken } from './tokens/getOrganizationToken.ts';
import { listOrganizationTokens } from './tokens/listOrganizationTokens.ts';
import { listUserTokens } from './tokens/listUserTokens.ts';
import { updateOrganizationToken } from './tokens/updateOrganizationToken.ts';

import { createIssueLink } from './issueLinks/createIssueLink.ts';
import { deleteIssueLink } from './issueLinks/deleteIssueLink.ts';
import { listIssueLinks } from './issueLinks/listIssueLinks.ts';
import { createWebhook } from './webhooks/createWebhook.ts';
import { deleteWebhook } from './webhooks/deleteWebhook.ts';
import { getWebhook } from './webhooks/getWebhook.ts';
import { listDeliveries } from './webhooks/listDeliveries.ts';
import { listWebhookDeliveries } from './webhooks/listWebhookDeliveries.ts';
import { listWebhooks } from './webhooks/listWebhooks.ts';
import { redeliver } from './webhooks/redeliver.ts';
import { updateWebhook } from './webhooks/updateWebhook.ts';

/** Every endpoint. A literal path stands before one with a parameter in the same place. */
export const routes: readonly Route[] = [
  getHealth,
  getReadiness,
  getMetrics,
  storeEnvelope,
  preflightEnvelope,
  storeEvent,
  preflightEvent,
  storeEventOfQuery,
  listIssues,
  updateIssues,
  listProjectIssues,
  updateProjectIssues,
  getIssue,
  updateIssue,
  getIssueById,
  updateIssueById,
  deleteIssue,
  deleteIssueById,
  listIssueEvents,
  listIssueEventsById,
  listProjectEvents,
  getIssueEvent,
  getIssueEventById,
  getShortId,
  listIssueHistory,
  listOrganizationActivity,
  listProjectActivities,
  listResolvedIssues,
  listProjectResolvedIssues,
  getIndex,
  getAuthenticatedUser,
  listRegions,
  listOrganizations,
  getOrganization,
  listOrganizationProjects,
  listRepositories,
  createRepository,
  getRepository,
  updateRepository,
  deleteRepository,
  getProject,
  createOrganization,
  updateOrganization,
  deleteOrganization,
  listAuditLogs,
  getOrganizationAvatar,
  avatarImageRoute('getOrganizationAvatarImage', 'organization'),
  getUserAvatar,
  avatarImageRoute('getUserAvatarImage', 'user'),
  getTeamAvatar,
  avatarImageRoute('getTeamAvatarImage', 'team'),
  getProjectAvatar,
  avatarImageRoute('getProjectAvatarImage', 'project'),
  updateOrganizationAvatar,
  updateUserAvatar,
  updateTeamAvatar,
  updateProjectAvatar,
  addMemberToTeam,
  createMember,
  deleteMember,
  getMember,
  listMembers,
  removeMemberFromTeam,
  updateMember,
  createTeam,
  deleteTeam,
  getTeam,
  listOrganizationTeams,
  listTeamMembers,
  updateTeam,
  addTeamToProject,
  createOrganizationProject,
  createTeamProject,
  listProjectKeys,
  createProjectKey,
  getProjectKey,
  updateProjectKey,
  deleteProjectKey,
  listProjectTeams,
  listTeamProjects,
  removeTeamFromProject,
  updateProject,
  deleteProject,
  restoreProject,
  getProjectEnvironment,
  listOrganizationEnvironments,
  listProjectEnvironments,
  updateProjectEnvironment,
  createOrganizationToken,
  createUserToken,
  deleteOrganizationToken,
  deleteUserToken,
  getOrganizationToken,
  listOrganizationTokens,
  listUserTokens,
  updateOrganizationToken,
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
  storePullRequest,
  receiveGitLabHook,
  receiveGitHubHook,
  createWebhook,
  deleteWebhook,
  getWebhook,
  listDeliveries,
  listWebhookDeliveries,
  listWebhooks,
  redeliver,
  updateWebhook,
  createIssueLink,
  deleteIssueLink,
  listIssueLinks,
];
