import { z } from 'zod';
import { defineModel, type ModelReader } from '../cache/model.ts';
import { idAndSlug } from '../idAndSlug.ts';
import { many } from '../pool.ts';
import { splitPlace, whereIn } from './whereIn.ts';

const projectRow = z.object({
  id: z.string(),
  organizationId: z.string(),
  slug: z.string(),
  name: z.string(),
  platform: z.string().nullable(),
});

export type CachedProject = z.output<typeof projectRow>;

const columns = 'id, organization_id as "organizationId", slug, name, platform';

/** Active projects; `place` is the slug within its organization. */
export const projectModel = defineModel<CachedProject, 'id' | 'place'>({
  name: 'project',
  row: projectRow,
  keys: { id: ({ id }) => id, place: ({ organizationId, slug }) => `${organizationId}:${slug}` },
  ttlMs: 300_000,
  load: (db, key, values) => {
    const { suffix, condition, parameters } =
      key === 'id'
        ? whereIn(
            [{ name: 'id', type: 'bigint' }],
            values.map((id) => [id]),
          )
        : whereIn(
            [
              { name: 'organization_id', type: 'bigint' },
              { name: 'slug', type: 'text' },
            ],
            values.map(splitPlace),
          );
    return many(db, projectRow, {
      name: `loadProjects_${key}${suffix}`,
      text: `select ${columns} from project where status = 'active' and ${condition}`,
      values: parameters,
    });
  },
});

/** A project of this organization; an id of another one is unknown. */
export async function findProject(
  models: ModelReader,
  organizationId: string,
  idOrSlug: string,
): Promise<CachedProject | null> {
  const [id, slug] = idAndSlug(idOrSlug);
  const project = await models.getFromCache(
    projectModel,
    id === null ? { place: `${organizationId}:${slug ?? ''}` } : { id },
  );
  return project?.organizationId === organizationId ? project : null;
}
