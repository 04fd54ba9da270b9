import { z } from 'zod';
import { defineModel, type ModelReader } from '../cache/model.ts';
import { many } from '../pool.ts';

const environmentRow = z.object({
  id: z.string(),
  organizationId: z.string(),
  name: z.string(),
});

export type CachedEnvironment = z.output<typeof environmentRow>;

/** `place` is the name within its organization; the empty name is a real one. */
export const environmentModel = defineModel<CachedEnvironment, 'place'>({
  name: 'environment',
  row: environmentRow,
  keys: { place: ({ organizationId, name }) => `${organizationId}:${name}` },
  // Environments are made by the thousand times less often than they are asked for, and are never renamed.
  ttlMs: 3_600_000,
  load: (db, _key, places) =>
    many(db, environmentRow, {
      name: 'loadEnvironments',
      text: `select id, organization_id as "organizationId", name
               from environment
               join unnest($1::bigint[], $2::text[]) as place (organization_id, name)
              using (organization_id, name)`,
      values: [
        places.map((place) => place.slice(0, place.indexOf(':'))),
        places.map((place) => place.slice(place.indexOf(':') + 1)),
      ],
    }),
});

/** Ids of environments by exact name; unknown names are left out. */
export async function findEnvironments(
  models: ModelReader,
  organizationId: string,
  names: readonly string[],
): Promise<string[]> {
  const found = await models.getManyFromCache(
    environmentModel,
    'place',
    names.map((name) => `${organizationId}:${name}`),
  );
  return [...found.values()].map(({ id }) => id);
}
