import { z } from 'zod';
import { maybeOne, type Queryable } from '../pool.ts';

const ingestKeyRow = z
  .object({ project_id: z.string(), organization_id: z.string() })
  .transform((row) => ({ projectId: row.project_id, organizationId: row.organization_id }));

/** The project that a public key sends to. */
export type IngestKey = z.output<typeof ingestKeyRow>;

/** Null for unknown and disabled keys, and for projects and organizations that are not active. */
export function findIngestKey(db: Queryable, publicKey: string): Promise<IngestKey | null> {
  return maybeOne(db, ingestKeyRow, {
    name: 'findIngestKey',
    text: `select project.id as project_id, project.organization_id
             from project_key
             join project on project.id = project_key.project_id and project.status = 'active'
             join organization on organization.id = project.organization_id and organization.status = 'active'
            where project_key.public_key = $1 and project_key.is_active`,
    values: [publicKey],
  });
}
