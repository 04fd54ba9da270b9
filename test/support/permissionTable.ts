import type { Role, Scope } from '../../domain/scopes.ts';

/**
 * Who may do what, stated once more and on purpose: nothing here is taken from the code under test
 * (groups-projects-orgs 6.3, releases-api 1.3).
 */
export type Permission = Readonly<{
  /**
   * `public`: no token is looked at. `authenticated`: any token. `some scope`: a token that is good for anything in the
   * organization. A list: one of these scopes.
   */
  scopes: 'public' | 'authenticated' | 'some scope' | readonly Scope[];
  /** Organization tokens have no person behind them: 401. */
  needsPerson?: true;
  /** Named by an id alone: what a caller may not use does not exist for them, whatever the reason. */
  isHidden?: true;
}>;

export const roleScopes: Readonly<Record<Role, readonly Scope[]>> = {
  member: [
    'org:read',
    'member:read',
    'member:invite',
    'team:read',
    'project:read',
    'project:releases',
    'project:distribution',
    'event:read',
    'event:write',
    'event:admin',
    'alerts:read',
    'alerts:write',
  ],
  admin: [
    'org:read',
    'org:integrations',
    'member:read',
    'member:invite',
    'team:read',
    'team:write',
    'team:admin',
    'project:read',
    'project:write',
    'project:admin',
    'project:releases',
    'project:distribution',
    'event:read',
    'event:write',
    'event:admin',
    'alerts:read',
    'alerts:write',
  ],
  manager: [
    'org:read',
    'org:write',
    'org:integrations',
    'member:read',
    'member:write',
    'member:admin',
    'member:invite',
    'team:read',
    'team:write',
    'team:admin',
    'project:read',
    'project:write',
    'project:admin',
    'project:releases',
    'project:distribution',
    'event:read',
    'event:write',
    'event:admin',
    'alerts:read',
    'alerts:write',
  ],
  owner: [
    'org:read',
    'org:write',
    'org:admin',
    'org:integrations',
    'member:read',
    'member:write',
    'member:admin',
    'member:invite',
    'team:read',
    'team:write',
    'team:admin',
    'project:read',
    'project:write',
    'project:admin',
    'project:releases',
    'project:distribution',
    'event:read',
    'event:write',
    'event:admin',
    'alerts:read',
    'alerts:write',
  ],
};

/** Scopes that no role gives or takes. */
export const rolelessScopes: readonly Scope[] = ['openid', 'profile', 'email', 'org:ci'];

export const impliedScopes: Readonly<Partial<Record<Scope, readonly Scope[]>>> = {
  'org:write': ['org:read'],
  'org:admin': ['org:read', 'org:write', 'org:integrations'],
  'member:write': ['member:read', 'member:invite'],
  'member:admin': ['member:read', 'member:write', 'member:invite'],
  'team:write': ['team:read'],
  'team:admin': ['team:read', 'team:write'],
  'project:write': ['project:read'],
  'project:admin': ['project:read', 'project:write'],
  'event:write': ['event:read'],
  'event:admin': ['event:read', 'event:write'],
  'alerts:write': ['alerts:read'],
};

/** A scope that does, with what implies it left out: the walk adds that. */
const orgRead: readonly Scope[] = ['org:read'];
const orgWrite: readonly Scope[] = ['org:write'];
const orgAdmin: readonly Scope[] = ['org:admin'];
const projectRead: readonly Scope[] = ['project:read'];
const projectWrite: readonly Scope[] = ['project:write'];
const projectAdmin: readonly Scope[] = ['project:admin'];
const releaseRead: readonly Scope[] = ['project:read', 'project:releases', 'org:ci'];
const releaseWrite: readonly Scope[] = ['project:write', 'project:releases', 'org:ci'];
const releaseDelete: readonly Scope[] = ['project:admin', 'project:releases'];
const issueRead: readonly Scope[] = ['event:read'];
const issueWrite: readonly Scope[] = ['event:write'];
const memberRead: readonly Scope[] = ['member:read'];
const memberWrite: readonly Scope[] = ['member:write'];
const teamRead: readonly Scope[] = ['team:read', 'org:read'];
const teamWrite: readonly Scope[] = ['team:write', 'org:write'];
const teamDelete: readonly Scope[] = ['team:admin', 'org:write'];
const memberOfTeam: readonly Scope[] = ['org:read', 'member:read', 'team:read'];
const repositoryWrite: readonly Scope[] = ['org:write', 'org:integrations'];
/** What pipelines list with the token that they have. */
const pipelineRead: readonly Scope[] = ['org:read', 'project:read', 'project:releases', 'org:ci'];
const projectCreate: readonly Scope[] = ['project:read', 'org:write'];

const open: Permission = { scopes: 'public' };
const anybody: Permission = { scopes: 'authenticated' };
const person: Permission = { scopes: 'authenticated', needsPerson: true };
const may = (scopes: readonly Scope[]): Permission => ({ scopes });
const mayById = (scopes: readonly Scope[]): Permission => ({ scopes, isHidden: true });

/** By the name of the route. */
export const permissions: Readonly<Record<string, Permission>> = {
  getHealth: open,
  getReadiness: open,
  getMetrics: open,
  getUserAvatarImage: open,
  getOrganizationAvatarImage: open,
  getTeamAvatarImage: open,
  getProjectAvatarImage: open,
  storeEnvelope: open,
  preflightEnvelope: open,
  storeEvent: open,
  storeEventOfQuery: open,
  preflightEvent: open,
  receiveGitHubHook: open,
  receiveGitLabHook: open,

  getIndex: anybody,
  listRegions: anybody,
  listOrganizations: anybody,
  getAuthenticatedUser: person,
  getUserAvatar: person,
  updateUserAvatar: person,
  listUserTokens: person,
  createUserToken: person,
  deleteUserToken: person,

  getOrganization: { scopes: 'some scope' },
  createOrganization: { scopes: orgWrite, needsPerson: true },
  updateOrganization: may(orgWrite),
  deleteOrganization: { scopes: orgAdmin, needsPerson: true },
  getOrganizationAvatar: may(orgRead),
  updateOrganizationAvatar: may(orgWrite),
  listAuditLogs: may(orgWrite),
  listOrganizationTokens: may(orgRead),
  createOrganizationToken: may(orgRead),
  getOrganizationToken: may(orgRead),
  updateOrganizationToken: may(orgRead),
  deleteOrganizationToken: may(orgWrite),
  listWebhooks: may(orgWrite),
  createWebhook: may(orgWrite),
  getWebhook: mayById(orgWrite),
  updateWebhook: mayById(orgWrite),
  deleteWebhook: mayById(orgWrite),
  listWebhookDeliveries: mayById(orgWrite),
  listDeliveries: may(orgWrite),
  redeliver: mayById(orgWrite),

  listMembers: may(memberRead),
  getMember: may(memberRead),
  createMember: may(['member:invite']),
  updateMember: may(memberWrite),
  // Everybody may leave; taking others out takes more, once the member is found.
  deleteMember: may(memberRead),
  addMemberToTeam: may(memberOfTeam),
  removeMemberFromTeam: may(memberOfTeam),

  listOrganizationTeams: may(teamRead),
  createTeam: may(teamWrite),
  getTeam: may(teamRead),
  updateTeam: may(teamWrite),
  deleteTeam: may(teamDelete),
  getTeamAvatar: may(teamRead),
  updateTeamAvatar: may(teamWrite),
  listTeamMembers: may([...teamRead, ...memberRead]),
  listTeamProjects: may(projectRead),
  createTeamProject: may(projectCreate),

  listOrganizationProjects: may(pipelineRead),
  createOrganizationProject: may(projectCreate),
  getProject: may(projectRead),
  // Fields that members may not set are refused one by one.
  updateProject: may(projectRead),
  deleteProject: may(projectAdmin),
  restoreProject: may(projectAdmin),
  getProjectAvatar: may(projectRead),
  updateProjectAvatar: may(projectWrite),
  listProjectKeys: may(projectRead),
  getProjectKey: may(projectRead),
  createProjectKey: may(projectWrite),
  updateProjectKey: may(projectWrite),
  deleteProjectKey: may(projectAdmin),
  listProjectTeams: may(projectRead),
  addTeamToProject: may(projectWrite),
  removeTeamFromProject: may(projectWrite),
  listOrganizationEnvironments: may(pipelineRead),
  listProjectEnvironments: may(pipelineRead),
  getProjectEnvironment: may(pipelineRead),
  updateProjectEnvironment: may(projectWrite),

  listRepositories: may(pipelineRead),
  getRepository: may(pipelineRead),
  createRepository: may(repositoryWrite),
  updateRepository: may(repositoryWrite),
  deleteRepository: may(repositoryWrite),

  listReleases: may(releaseRead),
  listReleaseStats: may(releaseRead),
  createRelease: may(releaseWrite),
  getRelease: may(releaseRead),
  updateRelease: may(releaseWrite),
  deleteRelease: may(releaseDelete),
  getReleaseMeta: may(releaseRead),
  getPreviousRelease: may(releaseRead),
  listReleaseCommits: may(releaseRead),
  listReleaseFiles: may(releaseRead),
  listDeploys: may(releaseRead),
  createDeploy: may(releaseWrite),
  listProjectReleases: may(releaseRead),
  createProjectRelease: may(releaseWrite),
  getProjectRelease: may(releaseRead),
  updateProjectRelease: may(releaseWrite),
  deleteProjectRelease: may(releaseDelete),
  listProjectReleaseCommits: may(releaseRead),
  getReleaseSync: may(releaseRead),
  changeReleaseSync: may(releaseWrite),
  storePullRequest: may(releaseWrite),
  getOperation: mayById(releaseRead),

  listIssues: may(issueRead),
  updateIssues: may(issueWrite),
  listProjectIssues: may(issueRead),
  updateProjectIssues: may(issueWrite),
  getIssue: may(issueRead),
  updateIssue: may(issueWrite),
  deleteIssue: may(['event:admin']),
  getIssueById: mayById(issueRead),
  updateIssueById: mayById(issueWrite),
  deleteIssueById: mayById(['event:admin']),
  listIssueEvents: may(issueRead),
  listIssueEventsById: mayById(issueRead),
  getIssueEvent: may(issueRead),
  getIssueEventById: mayById(issueRead),
  listProjectEvents: may([...issueRead, ...projectRead]),
  getShortId: may([...issueRead, ...orgRead]),
  listIssueHistory: mayById(issueRead),
  listIssueLinks: mayById(issueRead),
  createIssueLink: mayById(issueWrite),
  deleteIssueLink: mayById(issueWrite),
  listOrganizationActivity: may([...issueRead, ...orgRead]),
  listProjectActivities: may([...issueRead, ...projectRead]),
  listResolvedIssues: may(orgRead),
  listProjectResolvedIssues: may(projectRead),
};
