import { randomInt, randomUUID } from 'node:crypto';
import type { Pool } from '../../db/pool.ts';
import { scopes as allScopes, type Scope } from '../../domain/scopes.ts';
import { generateOrganizationToken, generateUserToken, hashToken } from '../../infra/tokens.ts';

export type TestProject = Readonly<{ id: string; slug: string }>;

/** An organization `acme` with projects `web` and `api`, and its owner. */
export type Tenant = Readonly<{
  organizationId: string;
  slug: string;
  web: TestProject;
  api: TestProject;
  ownerToken: string;
  organizationToken: string;
  ownerId: string;
  teamId: string;
  userToken: (scopes: readonly Scope[], userId?: string) => Promise<string>;
  /** A member who is on no team. */
  addMember: (
    role: 'member' | 'admin' | 'manager' | 'owner',
    teamIds?: readonly string[],
  ) => Promise<string>;
}>;

/** Nobody listens there: shows that links are made of configuration, not of the request. */
export const TEST_PUBLIC_URL = 'http://slipway.test';

/**
 * Straight into the tables: these tests are about what comes after.
 * @param publicUrl where clients send the organization token.
 */
export async function createTenant(
  pool: Pool,
  slug = 'acme',
  publicUrl = TEST_PUBLIC_URL,
): Promise<Tenant> {
  // Workflow ids carry the organization id, and the Temporal server outlives the databases of test files.
  const organizationId = String(randomInt(1_000_000, 2 ** 47));
  await pool.query('insert into organization (id, slug, name) values ($1, $2, $3)', [
    organizationId,
    slug,
    slug,
  ]);
  const id = async (text: string, values: unknown[]): Promise<string> =>
    (await pool.query<{ id: string }>(text, values)).rows[0]!.id;
  const teamId = await id(
    "insert into team (organization_id, slug, name) values ($1, 'crew', 'Crew') returning id",
    [organizationId],
  );
  const project = async (projectSlug: string): Promise<TestProject> => {
    const projectId = await id(
      'insert into project (organization_id, slug, name) values ($1, $2, $2) returning id',
      [organizationId, projectSlug],
    );
    await pool.query('insert into project_team (project_id, team_id) values ($1, $2)', [
      projectId,
      teamId,
    ]);
    return { id: projectId, slug: projectSlug };
  };
  const web = await project('web');
  const api = await project('api');

  const addMember: Tenant['addMember'] = async (role, teamIds = []) => {
    const name = `${role}-${randomUUID().slice(0, 8)}`;
    const userId = await id('insert into app_user (username, name) values ($1, $1) returning id', [
      name,
    ]);
    await pool.query(
      'insert into user_email (user_id, email, is_primary, is_verified) values ($1, $2, true, true)',
      [userId, `${name}@acme.test`],
    );
    const memberId = await id(
      'insert into member (organization_id, user_id, role) values ($1, $2, $3) returning id',
      [organizationId, userId, role],
    );
    for (const team of teamIds) {
      await pool.query('insert into team_member (team_id, member_id) values ($1, $2)', [
        team,
        memberId,
      ]);
    }
    return userId;
  };
  const ownerId = await addMember('owner', [teamId]);
  const userToken: Tenant['userToken'] = async (scopes, userId = ownerId) => {
    const token = generateUserToken();
    await pool.query(
      'insert into api_token (user_id, token_hash, token_last_characters, scopes) values ($1, $2, $3, $4)',
      [userId, hashToken(token), token.slice(-4), scopes],
    );
    return token;
  };
  const organizationToken = generateOrganizationToken({
    organization: slug,
    url: publicUrl,
    issuedAt: new Date(),
  });
  await pool.query(
    "insert into org_auth_token (organization_id, name, token_hash, token_last_characters, scopes) values ($1, 'ci', $2, $3, $4)",
    [organizationId, hashToken(organizationToken), organizationToken.slice(-4), ['org:ci']],
  );
  return {
    organizationId,
    slug,
    web,
    api,
    ownerId,
    teamId,
    ownerToken: await userToken(allScopes),
    organizationToken,
    userToken,
    addMember,
  };
}
