import { createProject } from '../../db/projects.ts';
import { formatDsn } from '../../domain/dsn.ts';
import { projectSlugProblem, reservedProjectProblem } from '../../domain/slugs.ts';
import { randomHex } from '../../infra/randomText.ts';
import { AdminError, type AdminContext, type Command, type CommandInput } from './command.ts';
import { requireOrganization, requireTeamIds } from './lookUp.ts';

const PUBLIC_KEY_HEX_DIGITS = 32;

export const projectCommands: readonly Command[] = [
  {
    name: 'project create',
    usage: '<org> <slug> [--name <name>] [--platform <platform>] [--team <team>]…',
    summary: 'Create a project with its first key',
    positionals: [2, 2],
    options: {
      name: { type: 'string' },
      platform: { type: 'string' },
      team: { type: 'string', multiple: true },
    },
    run: create,
  },
];

async function create(
  { positionals: [idOrSlug = '', slug = ''], option, options }: CommandInput,
  { pool, publicUrl }: AdminContext,
) {
  const name = option('name') ?? slug;
  const problem = projectSlugProblem(slug) ?? reservedProjectProblem('name', name);
  if (problem !== null) throw new AdminError(problem);
  const organization = await requireOrganization(pool, idOrSlug);
  const project = await createProject(pool, {
    organizationId: organization.id,
    name,
    slugs: [slug],
    platform: option('platform'),
    teamIds: await requireTeamIds(pool, organization, options('team')),
    publicKey: randomHex(PUBLIC_KEY_HEX_DIGITS),
  });
  if (project === null) {
    throw new AdminError(`The organization ${organization.slug} has a project "${slug}" already.`);
  }
  const dsn = formatDsn(publicUrl, project.publicKey, project.id);
  return {
    json: { id: project.id, slug: project.slug, dsn, publicKey: project.publicKey },
    text: `Project ${project.slug} (id ${project.id}) created.\nDSN: ${dsn}`,
  };
}
