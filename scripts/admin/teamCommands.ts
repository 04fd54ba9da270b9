import { z } from 'zod';
import { apiPath } from '../../api/internal/apiPath.ts';
import { findTeams } from '../../db/teams.ts';
import { AdminError, type AdminContext, type Command, type CommandInput } from './command.ts';
import { requireOrganization } from './lookUp.ts';

export const teamCommands: readonly Command[] = [
  {
    name: 'team create',
    usage: '<org> <slug> [--name <name>]',
    summary: 'Create a team',
    positionals: [2, 2],
    options: { name: { type: 'string' } },
    run: create,
  },
];

const teamAnswer = z.object({ id: z.string(), slug: z.string() });

async function create(
  { positionals: [idOrSlug = '', slug = ''], option }: CommandInput,
  { pool, withApi }: AdminContext,
) {
  const organization = await requireOrganization(pool, idOrSlug);
  if ((await findTeams(pool, organization.id, [slug])).length > 0) {
    throw new AdminError(`The organization ${organization.slug} has a team "${slug}" already.`);
  }
  const team = await withApi(organization.id, async (api) =>
    teamAnswer.parse(
      await api.post(apiPath`/organizations/${organization.slug}/teams/`, {
        slug,
        name: option('name') ?? slug,
      }),
    ),
  );
  return {
    json: { id: team.id, slug: team.slug },
    text: `Team ${team.slug} (id ${team.id}) created.`,
  };
}
