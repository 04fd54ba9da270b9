import { z } from 'zod';
import { defineModel, type ModelReader } from '../cache/model.ts';
import { idAndSlug } from '../idAndSlug.ts';
import { many } from '../pool.ts';

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
  load: (db, key, values) =>
    key === 'id'
      ? many(db, projectRow, {
          name: 'loadProjects_id',
          text: `select ${columns} from project where status = 'active' and id = any($1::bigint[])`,
          values: [values],
        })
      : many(db, projectRow, {
          name: 'loadProjects_place',
          text: `select ${columns}
                   from project
                   join unnest($1::bigint[], $2::text[]) as place (organization_id, slug)
                  using (organization_id, slug)
                  where status = 'active'`,
          values: [
            values.map((place) => place.slice(0, place.indexOf(':'))),
            values.map((place) => place.slice(place.indexOf(':') + 1)),
          ],
        }),
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
