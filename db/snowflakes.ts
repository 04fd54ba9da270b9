import { z } from 'zod';
import { AppError } from '../domain/errors.ts';
import { violatedConstraint } from './pgErrors.ts';
import { one, type Queryable } from './pool.ts';

/** Each one takes the next id, so a collision of five in a row is not chance but a second that is full of them. */
const ATTEMPTS_MAX = 5;

/** An id without Redis; the clock that it moves stays locked until the end of a transaction around it. */
export async function nextSnowflake(db: Queryable): Promise<string> {
  const { id } = await one(db, z.object({ id: z.string() }), {
    name: 'nextSnowflake',
    text: 'select next_snowflake() as id',
    values: [],
  });
  return id;
}

/**
 * Inserts a row under a new id; another one is tried only when the primary key says that the id is taken. Every other
 * violation is the caller's at once (groups-projects-orgs 2.4).
 * @param insert must run in a transaction of its own, which a taken id ends.
 * @throws AppError conflict after five taken ids.
 */
export async function saveWithSnowflakeId<T>(
  primaryKey: 'organization_pkey' | 'project_pkey' | 'team_pkey',
  nextId: () => Promise<string>,
  insert: (id: string) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
    const id = await nextId();
    try {
      return await insert(id);
    } catch (error) {
      if (violatedConstraint(error) !== primaryKey) throw error;
    }
  }
  throw new AppError('conflict', 'Max allowed ID retry reached. Please try again in a second');
}
