import { formatDateTime } from '../../domain/dateTime.ts';
import type { DeployView } from '../../db/releases/releaseView.ts';
import { formatOrNull } from './formatOrNull.ts';
import { rowSerializer, type Json } from './serializer.ts';

export const deploy = rowSerializer(serializeDeploy);

/** A deploy (releases-api 9.3), also as embedded in its release. */
export function serializeDeploy(shown: DeployView): Json {
  return {
    id: shown.id,
    environment: shown.environment,
    dateStarted: formatOrNull(shown.dateStarted),
    dateFinished: formatDateTime(shown.dateFinished),
    name: shown.name,
    url: shown.url,
  };
}
