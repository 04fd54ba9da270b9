import type { ProjectKey } from '../../db/projectKeys.ts';
import { formatDateTime } from '../../domain/dateTime.ts';
import { formatDsn } from '../../domain/dsn.ts';
import { rowSerializer } from './serializer.ts';

type ProjectKeyOptions = Readonly<{ projectId: string }>;

/** A key of one project with the addresses that clients send to. */
export const projectKey = rowSerializer(
  (key: ProjectKey, { projectId }: ProjectKeyOptions, { config }) => {
    const endpoint = `${config.publicUrl}/api/${projectId}`;
    return {
      id: key.publicKey,
      name: key.label,
      label: key.label,
      public: key.publicKey,
      projectId,
      isActive: key.isActive,
      rateLimit: null,
      dsn: {
        public: formatDsn(config.publicUrl, key.publicKey, projectId),
        envelope: `${endpoint}/envelope/`,
        otlp_traces: `${endpoint}/integration/otlp/v1/traces/`,
      },
      dateCreated: formatDateTime(key.dateAdded),
    };
  },
);
