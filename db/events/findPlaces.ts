import { z } from 'zod';
import { many, type Queryable } from '../pool.ts';
import { LAST_SEEN_SECONDS } from './linkSightings.ts';
import type { NewEvent } from './newEvent.ts';
import { placeKey } from './placeCache.ts';
import { bounds, must, type PlacedEvent } from './placedEvent.ts';

const placeRow = z
  .object({
    position: z.coerce.number(),
    group_id: z.string(),
    status: z.string(),
    environment_id: z.string(),
    organization_id: z.string(),
    release_id: z.string().nullable(),
    version: z.string().nullable(),
    order_date: z.number().nullable(),
  })
  .transform((row) => ({
    position: row.position,
    group: { groupId: row.group_id, status: row.status },
    environmentId: row.environment_id,
    release:
      row.release_id === null || row.version === null || row.order_date === null
        ? null
        : {
            id: row.release_id,
            organizationId: row.organization_id,
            version: row.version,
            orderDate: row.order_date,
            isNew: false,
          },
  }));

/**
 * The events for which everything is there already and young enough: group, release, environment and all links between
 * them. In the steady state that is every event, and this is the only look-up of a batch.
 */
export async function findPlaces(
  db: Queryable,
  events: readonly NewEvent[],
): Promise<Readonly<{ placed: PlacedEvent[]; rest: NewEvent[] }>> {
  const wanted = [...Map.groupBy(events, placeKey)].map(([key, members]) => ({
    key,
    ...bounds(members).last,
  }));
  const rows = await many(db, placeRow, {
    name: 'findPlaces',
    text: `select given.position - 1 as position, group_.id as group_id, group_.status, environment.id as environment_id,
                  given.organization_id, release.id as release_id, release.version,
                  extract(epoch from coalesce(release.date_released, release.date_added))::float8 as order_date
             from unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::timestamptz[]) with ordinality
                  as given (organization_id, project_id, hash, environment, version, last_seen, position)
             join group_hash on group_hash.project_id = given.project_id
                            and group_hash.hash = decode(given.hash, 'hex')
             join group_ on group_.id = group_hash.group_id
             join project on project.id = given.project_id and project.first_event is not null
             join environment on environment.organization_id = given.organization_id
                             and environment.name = given.environment
             left join release on release.organization_id = given.organization_id and release.version = given.version
            where exists (select from environment_project link
                           where (link.project_id, link.environment_id) = (given.project_id, environment.id))
              and exists (select from group_environment link
                           where (link.group_id, link.environment_id) = (group_.id, environment.id))
              and (given.version is null or (
                    exists (select from release_project link
                             where (link.release_id, link.project_id) = (release.id, given.project_id))
                and exists (select from release_environment link
                             where (link.release_id, link.environment_id) = (release.id, environment.id)
                               and link.last_seen >= given.last_seen - make_interval(secs => $7))
                and exists (select from release_project_environment link
                             where (link.release_id, link.project_id, link.environment_id)
                                   = (release.id, given.project_id, environment.id)
                               and link.last_event >= given.last_seen - make_interval(secs => $7))
                and exists (select from group_release link
                             where (link.group_id, link.release_id, link.environment_id)
                                   = (group_.id, release.id, environment.id)
                               and link.last_seen >= given.last_seen - make_interval(secs => $7))))`,
    values: [
      wanted.map((one) => one.organizationId),
      wanted.map((one) => one.projectId),
      wanted.map((one) => one.hash),
      wanted.map((one) => one.event.environment),
      wanted.map((one) => one.event.release),
      wanted.map((one) => one.event.timestamp),
      LAST_SEEN_SECONDS,
    ],
  });
  const places = new Map(rows.map((row) => [must(wanted[row.position]).key, row]));
  const placed: PlacedEvent[] = [];
  const rest: NewEvent[] = [];
  for (const event of events) {
    const place = places.get(placeKey(event));
    if (place === undefined) rest.push(event);
    else placed.push({ ...event, ...place });
  }
  return { placed, rest };
}
