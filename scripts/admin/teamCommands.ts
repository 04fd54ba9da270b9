import { createTeam } from '../../db/teams.ts';
import { projectSlugProblem } from '../../domain/slugs.ts';
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

async function create(
  { positionals: [idOrSlug = '', slug = ''], option }: CommandInput,
  { pool }: AdminContext,
) {
  const problem = projectSlugProblem(slug);
  if (problem !== null) throw new AdminError(problem);
  const organization = await requireOrganization(pool, idOrSlug);
  const team = await createTeam(pool, {
    organizationId: organization.id,
    slug,
    name: option('name') ?? slug,
  });
  if (team === null) {
    throw new AdminError(`The organization ${organization.slug} has a team "${slug}" already.`);
  }
  return {
    json: { id: team.id, slug: team.slug },
    text: `Team ${team.slug} (id ${team.id}) created.`,
  };
}
