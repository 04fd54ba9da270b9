import { z } from 'zod';
import { many, maybeOne, type Queryable } from './pool.ts';

export type Visibility = 'all' | 'hidden' | 'visible';

const environmentRow = z.object({ id: z.string(), name: z.string() });

export type EnvironmentView = z.output<typeof environmentRow>;

/** An environment that no link decides about is visible, so null is. */
const matchesVisibility = (parameter: string): string =>
  `(${parameter}::boolean is null or coalesce(environment_project.is_hidden, false) = ${parameter})`;

const hiddenByVisibility: Readonly<Record<Visibility, boolean | null>> = {
  all: null,
  hidden: true,
  visible: false,
};

/**
 * Named environments that active projects are linked to by at least one link of the visibility, by name; `projectIds`
 * null means all projects.
 */
export function listEnvironments(
  db: Queryable,
  organizationId: string,
  projectIds: readonly string[] | null,
  visibility: Visibility,
): Promise<EnvironmentView[]> {
  return many(db, environmentRow, {
    name: 'listEnvironments',
    text: `select id, name
             from environment
            where organization_id = $1 and name <> ''
              and exists (
                    select from environment_project
                      join project on project.id = environment_project.project_id
                     where environment_project.environment_id = environment.id and project.status = 'active'
                       and ($2::bigint[] is null or project.id = any($2))
                       and ${matchesVisibility('$3')})
            order by name collate "C"`,
    values: [organizationId, projectIds, hiddenByVisibility[visibility]],
  });
}

const projectEnvironmentRow = z
  .object({ id: z.string(), name: z.string(), is_hidden: z.boolean() })
  .transform(({ is_hidden, ...row }) => ({ ...row, isHidden: is_hidden }));

export type ProjectEnvironmentView = z.output<typeof projectEnvironmentRow>;

const projectEnvironmentColumns =
  'environment.id, name, coalesce(environment_project.is_hidden, false) as is_hidden';

/** Named environments of a project, by name. */
export function listProjectEnvironments(
  db: Queryable,
  projectId: string,
  visibility: Visibility,
): Promise<ProjectEnvironmentView[]> {
  return many(db, projectEnvironmentRow, {
    name: 'listProjectEnvironments',
    text: `select ${projectEnvironmentColumns}
             from environment_project
             join environment on environment.id = environment_project.environment_id
            where project_id = $1 and name <> '' and ${matchesVisibility('$2')}
            order by name collate "C"`,
    values: [projectId, hiddenByVisibility[visibility]],
  });
}

/** Null unless the project is linked to an environment of this name, which may be empty. */
export function findProjectEnvironment(
  db: Queryable,
  projectId: string,
  name: string,
): Promise<ProjectEnvironmentView | null> {
  return maybeOne(db, projectEnvironmentRow, {
    name: 'findProjectEnvironment',
    text: `select ${projectEnvironmentColumns}
             from environment_project
             join environment on environment.id = environment_project.environment_id
            where project_id = $1 and name = $2`,
    values: [projectId, name],
  });
}

/** Null unless the project is linked to an environment of this name. */
export function hideProjectEnvironment(
  db: Queryable,
  projectId: string,
  name: string,
  isHidden: boolean,
): Promise<ProjectEnvironmentView | null> {
  return maybeOne(db, projectEnvironmentRow, {
    name: 'hideProjectEnvironment',
    text: `update environment_project set is_hidden = $3
             from environment
            where environment.id = environment_project.environment_id and project_id = $1 and name = $2
           returning ${projectEnvironmentColumns}`,
    values: [projectId, name, isHidden],
  });
}
