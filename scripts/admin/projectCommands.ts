import { z } from 'zod';
import { apiPath } from '../../api/internal/apiPath.ts';
import { projectAuditData } from '../../api/routes/projects/projectAuditData.ts';
import { recordAudit } from '../../db/auditLog.ts';
import type { Organization } from '../../db/models/organization.ts';
import { transaction, type Pool } from '../../db/pool.ts';
import { createProject } from '../../db/projects.ts';
import { formatDsn } from '../../domain/dsn.ts';
import { isKnownPlatform } from '../../domain/platforms.ts';
import { projectSlugProblem, reservedProjectProblem } from '../../domain/slugs.ts';
import { randomHex } from '../../infra/randomText.ts';
import { administration } from './administration.ts';
import type { AdminApi } from './adminApi.ts';
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
  { pool, publicUrl, withApi }: AdminContext,
) {
  const name = option('name') ?? slug;
  const problem = projectSlugProblem(slug) ?? reservedProjectProblem('name', name);
  if (problem !== null) throw new AdminError(problem);
  const organization = await requireOrganization(pool, idOrSlug);
  const [team, ...others] = options('team');
  await requireTeamIds(pool, organization, options('team'));
  const wanted = { slug, name, platform: option('platform') };
  const { id, publicKey } =
    team === undefined
      ? await createAlone(pool, organization, wanted)
      : await withApi(organization.id, (api) =>
          createInTeams(api, organization, wanted, team, others),
        );
  const dsn = formatDsn(publicUrl, publicKey, id);
  return {
    json: { id, slug, dsn, publicKey },
    text: `Project ${slug} (id ${id}) created.\nDSN: ${dsn}`,
  };
}

type Wanted = Readonly<{ slug: string; name: string; platform: string | null }>;

type Created = Readonly<{ id: string; publicKey: string }>;

/** Nobody can ask for a project without a team over HTTP: they would not be on it. */
async function createAlone(
  pool: Pool,
  organization: Organization,
  { slug, name, platform }: Wanted,
): Promise<Created> {
  if (platform !== null && !isKnownPlatform(platform)) {
    throw new AdminError('platform: Invalid platform');
  }
  const organizationId = organization.id;
  const project = await transaction(pool, async (tx) => {
    const created = await createProject(tx, {
      organizationId,
      name,
      slugs: [slug],
      platform,
      teamIds: [],
      publicKey: randomHex(PUBLIC_KEY_HEX_DIGITS),
    });
    if (created === null) return null;
    await recordAudit(tx, {
      organizationId,
      event: 'project.create',
      actor: administration,
      targetObject: created.id,
      data: projectAuditData({ ...created, status: 'active' }),
    });
    return created;
  });
  if (project === null) {
    throw new AdminError(`The organization ${organization.slug} has a project "${slug}" already.`);
  }
  return project;
}

const createdAnswer = z.object({ id: z.string() });
const keysAnswer = z.tuple([z.object({ public: z.string() })]);

async function createInTeams(
  api: AdminApi,
  organization: Organization,
  wanted: Wanted,
  team: string,
  others: readonly string[],
): Promise<Created> {
  const made = await api.post(apiPath`/teams/${organization.slug}/${team}/projects/`, wanted);
  const project = apiPath`/projects/${organization.slug}/${wanted.slug}`;
  for (const other of others) await api.post(`${project}/teams/${encodeURIComponent(other)}/`);
  const [{ public: publicKey }] = keysAnswer.parse(await api.get(`${project}/keys/`));
  return { id: createdAnswer.parse(made).id, publicKey };
}
