import { z } from 'zod';
import { cutEnvironmentName } from '../../domain/environmentName.ts';
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
  // Environments are never renamed, and live as long as their organization.
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

/** Ids of environments by exact name, as far as names are stored; null unless all are known. */
export async function findEnvironments(
  models: ModelReader,
  organizationId: string,
  names: readonly string[],
): Promise<string[] | null> {
  const places = new Set(names.map((name) => `${organizationId}:${cutEnvironmentName(name)}`));
  const found = await models.getManyFromCache(environmentModel, 'place', [...places]);
  return found.size === places.size ? [...found.values()].map(({ id }) => id) : null;
}
