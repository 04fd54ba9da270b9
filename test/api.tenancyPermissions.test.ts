// Which role may do what, with a token that has every scope: the lowest role that gets through, route by route. The
// scopes of the token itself are walked by api.permissions.test.ts.
import { beforeAll, describe, expect, test } from 'vitest';
import { routes } from '../api/routes/index.ts';
import { roles, scopes, type Role } from '../domain/scopes.ts';
import { useSlipway } from './support/slipway.ts';

const slipway = useSlipway({ worker: false });
const tokens = {} as Record<Role, string>;

beforeAll(async () => {
  for (const role of roles) {
    const userId = await slipway.tenant.addMember(role);
    tokens[role] = await slipway.tenant.userToken(scopes, userId);
  }
});

/** By the name of the route. Nothing here may be decided by the code under test. */
const lowestRole: Readonly<Record<string, Role>> = {
  getOrganization: 'member',
  updateOrganization: 'manager',
  deleteOrganization: 'owner',
  getOrganizationAvatar: 'member',
  updateOrganizationAvatar: 'manager',
  getTeamAvatar: 'member',
  updateTeamAvatar: 'admin',
  getProjectAvatar: 'member',
  updateProjectAvatar: 'admin',
  listAuditLogs: 'manager',
  listOrganizationProjects: 'member',
  listRepositories: 'member',
  listMembers: 'member',
  getMember: 'member',
  createMember: 'member',
  updateMember: 'manager',
  listOrganizationTeams: 'member',
  createTeam: 'admin',
  getTeam: 'member',
  updateTeam: 'admin',
  deleteTeam: 'admin',
  listTeamMembers: 'member',
  listTeamProjects: 'member',
  createTeamProject: 'member',
  createOrganizationProject: 'member',
  getProject: 'member',
  updateProject: 'member',
  deleteProject: 'admin',
  restoreProject: 'admin',
  listProjectKeys: 'member',
  listProjectTeams: 'member',
  addTeamToProject: 'admin',
  removeTeamFromProject: 'admin',
  listOrganizationEnvironments: 'member',
  listProjectEnvironments: 'member',
  getProjectEnvironment: 'member',
  updateProjectEnvironment: 'admin',
  listOrganizationTokens: 'member',
  createOrganizationToken: 'member',
  getOrganizationToken: 'member',
  updateOrganizationToken: 'member',
  deleteOrganizationToken: 'manager',
  addMemberToTeam: 'member',
  removeMemberFromTeam: 'member',
  deleteMember: 'member',
};

describe('the lowest role', () => {
  test.each(Object.entries(lowestRole))('for %s is %s', async (name, lowest) => {
    const route = routes.find((known) => known.name === name)!;
    // Nothing has this name: whoever gets past the role is told that, or what is wrong with the body.
    const path = route.path.replace('{organization}', 'acme').replaceAll(/\{\w+\}/g, '999999999');
    for (const role of roles) {
      const hasBody = route.method === 'POST' || route.method === 'PUT';
      const { status } = await slipway.call(route.method, path, {
        token: tokens[role],
        ...(hasBody ? { body: [] } : {}),
      });
      const isRefused = roles.indexOf(role) < roles.indexOf(lowest);
      expect(status === 403, `${name} as ${role}: ${status}`).toBe(isRefused);
    }
  });
});
