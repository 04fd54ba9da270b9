import { directModels } from '../db/cache/directModels.ts';
import { findOrganization } from '../db/models/organization.ts';
import { findProject } from '../db/models/project.ts';
import { findToken, isExpired } from '../db/models/token.ts';
import { createOrganization } from '../db/organizations.ts';
import { addProjectTeams, createProject } from '../db/projects.ts';
import { ensureProjectKey } from '../db/projectKeys.ts';
import { createPool, transaction, type Transaction } from '../db/pool.ts';
import { addTeamMember, createTeam, findTeams } from '../db/teams.ts';
import { createOrganizationToken, createUserToken } from '../db/tokens.ts';
import { createUser, findUserByEmail, upsertMember } from '../db/users.ts';
import { formatDsn } from '../domain/dsn.ts';
import { scopes } from '../domain/scopes.ts';
import { lastCharacters, parseOrganizationToken } from '../domain/tokens.ts';
import { randomHex } from '../infra/randomText.ts';
import { generateOrganizationToken, generateUserToken, hashToken } from '../infra/tokens.ts';

const ORGANIZATION = { slug: 'acme', name: 'Acme' };
const TEAM = { slug: 'acme', name: 'Acme' };
const OWNER = { email: 'owner@acme.test', name: 'Acme Owner' };
const PROJECTS = [
  { id: '1', slug: 'web', platform: 'javascript' },
  { id: '2', slug: 'api', platform: 'node' },
];

/** Seeding twice at the same moment takes turns; any number of our own does. */
const LOCK_KEY = 7_150_215;

export type SeedOptions = Readonly<{
  databaseUrl: string;
  publicUrl: string;
  /** Plaintexts of an earlier seeding, of which the database has the hashes only. */
  tokens: Readonly<{ user: string | null; org: string | null }>;
}>;

export type Seeded = Readonly<{
  organization: string;
  projects: readonly Readonly<{ id: string; slug: string; dsn: string }>[];
  /** User token of the owner with every scope. */
  token: string;
  /** Organization token with `org:ci`. */
  orgToken: string;
}>;

/** Makes what a first look needs: an organization, two projects, an owner and tokens. What is there already stays. */
export async function seed(options: SeedOptions): Promise<Seeded> {
  const pool = createPool({
    databaseUrl: options.databaseUrl,
    applicationName: 'slipway-seed',
    max: 1,
    statementTimeoutMs: 30_000,
    // The statement that runs into it reports it.
    onError: () => undefined,
  });
  try {
    return await transaction(pool, async (tx) => {
      await tx.query('select pg_advisory_xact_lock($1)', [LOCK_KEY]);
      const organization = await seedOrganization(tx);
      const userId = await seedOwner(tx, organization);
      return {
        organization: ORGANIZATION.slug,
        projects: await seedProjects(tx, organization, options.publicUrl),
        token: await seedUserToken(tx, userId, options.tokens.user),
        orgToken: await seedOrganizationToken(tx, organization.id, options),
      };
    });
  } finally {
    await pool.end();
  }
}

type SeededOrganization = Readonly<{ id: string; teamId: string }>;

async function seedOrganization(tx: Transaction): Promise<SeededOrganization> {
  const organization =
    (await findOrganization(directModels(tx), ORGANIZATION.slug)) ??
    (await createOrganization(tx, {
      ...ORGANIZATION,
      ...(await smallId(tx, 'organization', '1')),
    }));
  if (organization === null) throw beingDeleted(`organization ${ORGANIZATION.slug}`);
  const organizationId = organization.id;
  const [known] = await findTeams(tx, organizationId, [TEAM.slug]);
  const team =
    known ??
    (await createTeam(tx, { ...TEAM, organizationId, ...(await smallId(tx, 'team', '1')) }));
  if (team === null) throw beingDeleted(`team ${TEAM.slug}`);
  return { id: organizationId, teamId: team.id };
}

async function seedOwner(
  tx: Transaction,
  { id: organizationId, teamId }: SeededOrganization,
): Promise<string> {
  const user = (await findUserByEmail(tx, OWNER.email)) ?? (await createUser(tx, OWNER));
  if (user === null) throw new Error(`Another user has the username ${OWNER.email}.`);
  const member = await upsertMember(tx, { organizationId, userId: user.id, role: 'owner' });
  await addTeamMember(tx, member.id, [teamId]);
  return user.id;
}

async function seedProjects(
  tx: Transaction,
  { id: organizationId, teamId }: SeededOrganization,
  publicUrl: string,
): Promise<Seeded['projects']> {
  const seeded: Seeded['projects'][number][] = [];
  for (const { id, slug, platform } of PROJECTS) {
    const publicKey = randomHex(32);
    const project =
      (await findProject(directModels(tx), organizationId, slug)) ??
      (await createProject(tx, {
        ...(await smallId(tx, 'project', id)),
        organizationId,
        name: slug,
        slugs: [slug],
        platform,
        teamIds: [teamId],
        publicKey,
      }));
    if (project === null) throw beingDeleted(`project ${slug}`);
    await addProjectTeams(tx, project.id, [teamId]);
    const key = await ensureProjectKey(tx, project.id, publicKey);
    seeded.push({ id: project.id, slug, dsn: formatDsn(publicUrl, key, project.id) });
  }
  return seeded;
}

/**
 * Small ids are easier on people who read logs and type DSNs. Where one is taken, by what was renamed or waits for its
 * deletion, the new row gets a snowflake like every other.
 */
async function smallId(
  tx: Transaction,
  table: 'organization' | 'team' | 'project',
  id: string,
): Promise<{ id?: string }> {
  const { rowCount } = await tx.query(`select from ${table} where id = $1`, [id]);
  return rowCount === 0 ? { id } : {};
}

async function seedUserToken(
  tx: Transaction,
  userId: string,
  known: string | null,
): Promise<string> {
  if (known !== null) {
    const found = await findToken(directModels(tx), hashToken(known));
    if (found?.kind === 'user' && !isExpired(found)) return known;
  }
  const token = generateUserToken();
  await createUserToken(tx, {
    userId,
    name: 'Seeded by npm start',
    tokenHash: hashToken(token),
    lastCharacters: lastCharacters(token),
    scopes,
    expiresAt: null,
  });
  return token;
}

async function seedOrganizationToken(
  tx: Transaction,
  organizationId: string,
  { publicUrl, tokens }: SeedOptions,
): Promise<string> {
  // A token that names another address would send its clients there (clients 2.3).
  if (tokens.org !== null && parseOrganizationToken(tokens.org)?.url === publicUrl) {
    const found = await findToken(directModels(tx), hashToken(tokens.org));
    if (found?.kind === 'organization' && !isExpired(found)) return tokens.org;
  }
  const token = generateOrganizationToken({
    organization: ORGANIZATION.slug,
    url: publicUrl,
    issuedAt: new Date(),
  });
  await createOrganizationToken(tx, {
    organizationId,
    name: 'Seeded by npm start',
    tokenHash: hashToken(token),
    lastCharacters: lastCharacters(token),
    scopes: ['org:ci'],
    expiresAt: null,
    createdBy: null,
  });
  return token;
}

function beingDeleted(what: string): Error {
  return new Error(
    `The ${what} cannot be made: one with this slug is not active. Start with --fresh, or restore it.`,
  );
}
