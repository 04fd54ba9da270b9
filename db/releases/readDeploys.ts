import { z } from 'zod';
import type { OffsetWindow } from '../../domain/offsetPage.ts';
import { many, type Queryable } from '../pool.ts';
import { deployJson, type DeployView } from './releaseView.ts';

const deployRow = z.object({ deploy: z.custom<DeployView>() }).transform((row) => row.deploy);

export function findDeploysById(db: Queryable, ids: readonly string[]): Promise<DeployView[]> {
  return many(db, deployRow, {
    name: 'findDeploysById',
    text: `select ${deployJson} as deploy
             from deploy join environment on environment.id = deploy.environment_id
            where deploy.id = any($1::bigint[])`,
    values: [ids],
  });
}

/** Deploys that are the last one of some environment and project of the release (releases-api 9.2). */
export function listCurrentDeploys(
  db: Queryable,
  releaseId: string,
  projectIds: readonly string[] | null,
  page: OffsetWindow,
): Promise<DeployView[]> {
  return many(db, deployRow, {
    name: 'listCurrentDeploys',
    text: `select ${deployJson} as deploy
             from deploy join environment on environment.id = deploy.environment_id
            where deploy.release_id = $1
              and exists (
                    select from release_project_environment link
                     where link.release_id = $1 and link.last_deploy_id = deploy.id
                       and ($2::bigint[] is null or link.project_id = any($2)))
            order by deploy.date_finished desc, deploy.id desc
           offset $3 limit $4`,
    values: [releaseId, projectIds, page.offset, page.limit],
  });
}
