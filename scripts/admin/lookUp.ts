import { directModels } from '../../db/cache/directModels.ts';
import {
  findOrganization,
  findPendingOrganization,
  type Organization,
} from '../../db/models/organization.ts';
import type { Queryable } from '../../db/pool.ts';
import { findTeams } from '../../db/teams.ts';
import { findUserByEmail, type User } from '../../db/users.ts';
import { AdminError } from './command.ts';

/** @throws AdminError for an unknown one, and for one that waits for its deletion. */
export async function requireOrganization(db: Queryable, idOrSlug: string): Promise<Organization> {
  const organization = await findOrganization(directModels(db), idOrSlug);
  if (organization !== null) return organization;
  if ((await findPendingOrganization(db, idOrSlug)) !== null) {
    throw new AdminError(
      `The organization "${idOrSlug}" waits for its deletion. One of its owners can take that back: ` +
        `PUT /api/0/organizations/${idOrSlug}/ {"cancelDeletion": true}.`,
    );
  }
  throw new AdminError(`There is no organization "${idOrSlug}".`);
}

/** @throws AdminError for an unknown one. */
export async function requireUser(db: Queryable, email: string): Promise<User> {
  const user = await findUserByEmail(db, email);
  if (user === null) throw new AdminError(`There is no user with the e-mail "${email}".`);
  return user;
}

/**
 * Ids of all of the named teams.
 * @throws AdminError naming those that do not exist.
 */
export async function requireTeamIds(
  db: Queryable,
  organization: Organization,
  slugs: readonly string[],
): Promise<string[]> {
  if (slugs.length === 0) return [];
  const teams = await findTeams(db, organization.id, slugs);
  const known = new Set(teams.map(({ slug }) => slug));
  const unknown = slugs.filter((slug) => !known.has(slug));
  if (unknown.length > 0) {
    throw new AdminError(
      `The organization ${organization.slug} has no team ${unknown.map((slug) => `"${slug}"`).join(', ')}.`,
    );
  }
  return teams.map(({ id }) => id);
}
