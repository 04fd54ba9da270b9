import { formatDateTime } from '../../domain/dateTime.ts';
import type { DeployView } from '../../db/releases/releaseView.ts';

/** A deploy (releases-api 9.3). */
export function serializeDeploy(deploy: DeployView): Record<string, unknown> {
  return {
    id: deploy.id,
    environment: deploy.environment,
    dateStarted: deploy.dateStarted === null ? null : formatDateTime(deploy.dateStarted),
    dateFinished: formatDateTime(deploy.dateFinished),
    name: deploy.name,
    url: deploy.url,
  };
}
