import { z } from 'zod';
import { defineModel, type ModelReader } from '../cache/model.ts';
import { many } from '../pool.ts';
import { splitPlace, whereIn } from './whereIn.ts';

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
  load: (db, _key, places) => {
    const columns = [
      { name: 'organization_id', type: 'bigint' },
      { name: 'name', type: 'text' },
    ] as const;
    const { suffix, condition, parameters } = whereIn(columns, places.map(splitPlace));
    return many(db, environmentRow, {
      name: `loadEnvironments${suffix}`,
      text: `select id, organization_id as "organizationId", name from environment where ${condition}`,
      values: parameters,
    });
  },
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
